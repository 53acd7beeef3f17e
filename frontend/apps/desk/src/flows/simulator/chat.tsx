import type { FlowOutput } from "@wasl/api";
import { directionOf, isolate, useFormat } from "@wasl/i18n";
import { Bidi, Button, IconButton, TextField } from "@wasl/ui";
import {
  ArrowRightLeft,
  CircleStop,
  FastForward,
  FlaskConical,
  type LucideIcon,
  SendHorizontal,
  StickyNote,
  Tag,
  TimerOff,
  Zap,
} from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useErrorText } from "../../errors.ts";
import { Failure } from "../../settings/parts.tsx";
import { useAgents } from "../../settings/queries.ts";
import type { Words } from "../words.ts";
import { Happens } from "./happening.tsx";
import { shownOf } from "./shown.ts";
import type { Play, Turn } from "./use-play.ts";

const ICONS: Record<string, LucideIcon> = { tag: Tag, give: ArrowRightLeft, finish: CircleStop };
const HELLO = { en: "Hello", fa: "سلام", ar: "مرحبًا" };

/** The play as the channel, else the widget, would show it, in the contact's language. */
export function PlayChat({ play, words }: { play: Play; words: Words }) {
  const { t } = words;
  const errorText = useErrorText();
  const format = useFormat();
  const [text, setText] = useState("");
  const end = useRef<HTMLLIElement>(null);
  const { turns, last, setting, begun, awaits } = play;
  const over = last?.waiting === "over";
  // biome-ignore lint/correctness/useExhaustiveDependencies: what comes new comes into view
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [turns.length]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!text.trim() || over) return;
    play.say(text);
    setText("");
  };
  /** An automation begins with what happens, not with words. */
  const alone = awaits !== null && !begun;
  const passes = last?.waiting === "moment" && last.moment;
  const { choices } = shownOf(last?.outputs.findLast(({ does }) => does === "say"));
  const language = (last?.language ?? setting.language) as keyof typeof HELLO;
  return (
    <>
      <div
        role="log"
        aria-label={t("flows.play.chat")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach it
        tabIndex={0}
        dir={directionOf(language)}
        className="min-h-0 grow overflow-y-auto rounded-xl bg-canvas p-3 scroll-thin"
      >
        <ol className="flex min-h-full flex-col gap-1.5">
          {turns.length === 0 && (
            <li className="m-auto max-w-64 text-center text-[13px] text-ink-2">
              {t(alone ? "flows.play.begin_by" : "flows.play.begin")}
            </li>
          )}
          {/* biome-ignore-start lint/suspicious/noArrayIndexKey: turns and outputs stand in their order for good */}
          {turns.flatMap((turn, n) => [
            <GivenLine key={`${n} given`} turn={turn} before={turns[n - 1]} words={words} />,
            ...turn.played.outputs.map((output, place) => (
              <Output key={`${n} ${place}`} output={output} words={words} />
            )),
            !turn.played.changed && (
              <li key={`${n} unchanged`} className="text-xs text-ink-2">
                {t(turn.played.state ? "flows.play.unchanged" : "flows.play.not_begun")}
              </li>
            ),
          ])}
          {/* biome-ignore-end lint/suspicious/noArrayIndexKey: see above */}
          {!over && choices.length > 0 && (
            <li className="flex flex-wrap gap-1.5">
              {choices.map((choice) => (
                <Button
                  key={choice}
                  size="sm"
                  className="h-auto! min-h-7 rounded-full! border-accent! py-0.5 whitespace-normal! text-accent-text!"
                  isDisabled={play.busy}
                  onPress={() => play.say(choice)}
                >
                  {choice}
                </Button>
              ))}
            </li>
          )}
          <li ref={end} />
        </ol>
      </div>
      {play.error !== null && <Failure>{errorText(play.error)}</Failure>}
      {awaits !== null && !over && <Happens key={awaits} on={awaits} play={play} words={words} />}
      {passes && (
        <Button
          size="sm"
          icon={FastForward}
          isDisabled={play.busy}
          className="h-auto! min-h-7 shrink-0 self-start py-0.5 text-start whitespace-normal!"
          onPress={play.wait}
        >
          {t("flows.play.time", { at: isolate(format.dateTime(passes)) })}
        </Button>
      )}
      <form onSubmit={submit} className={play.hears ? "flex items-center gap-1.5" : "hidden"}>
        <TextField
          label={t("flows.play.write")}
          hideLabel
          placeholder={t("flows.play.write")}
          value={text}
          onChange={setText}
          maxLength={4000}
          isDisabled={over}
          className="min-w-0 grow"
        />
        {turns.length === 0 && (
          <Button isDisabled={play.busy} onPress={() => play.say(HELLO[setting.language])}>
            {HELLO[setting.language]}
          </Button>
        )}
        {turns.length > 0 && !passes && (
          <IconButton
            icon={TimerOff}
            label={t("flows.play.silence")}
            isDisabled={over || play.busy || !last?.moment}
            onPress={play.wait}
          />
        )}
        <IconButton
          icon={SendHorizontal}
          flip
          type="submit"
          label={t("flows.play.send")}
          isDisabled={over || play.busy || !text.trim()}
        />
      </form>
    </>
  );
}

/** What came in: words, silence, or what happened. */
function GivenLine(props: { turn: Turn; before: Turn | undefined; words: Words }) {
  const { turn, before, words } = props;
  const { t } = words;
  const format = useFormat();
  if (turn.given === "words" || (turn.on !== null && turn.text))
    return (
      <>
        {turn.on !== null && <Happened on={turn.on} words={words} />}
        <li className="flex justify-end">
          <span
            dir="auto"
            className="bidi-line max-w-[85%] rounded-xl bg-accent-soft px-3 py-1.5 text-[13px] wrap-anywhere"
          >
            {turn.text}
          </span>
        </li>
      </>
    );
  if (turn.on !== null) return <Happened on={turn.on} words={words} />;
  const passed = before?.played.waiting === "moment";
  const Icon = passed ? FastForward : TimerOff;
  return (
    <li className="flex justify-end">
      <span className="flex items-center gap-1 text-xs text-ink-2">
        <Icon size={13} aria-hidden="true" className={passed ? "icon-flip" : undefined} />
        {passed
          ? t("flows.play.time_passed", { at: isolate(format.dateTime(turn.played.now)) })
          : t("flows.play.was_silent")}
      </span>
    </li>
  );
}

function Happened({ on, words }: { on: string; words: Words }) {
  return (
    <li className="flex justify-end">
      <span className="flex items-center gap-1 text-xs text-ink-2">
        <Zap size={13} aria-hidden="true" className="shrink-0" />
        {words.maybe(`flows.trigger.on.${on}`, on)}
      </span>
    </li>
  );
}

/** What it says and where it leads; a picture is told, not fetched. */
function PlayedCard({ card }: { card: NonNullable<FlowOutput["card"]> }) {
  const links = card.picture ? [[card.alt, card.picture] as const, ...card.links] : card.links;
  return (
    <span className="mt-1 grid gap-0.5 rounded-lg border border-line bg-sunken px-2.5 py-1.5">
      {card.title && <b>{card.title}</b>}
      {card.text && <Bidi>{card.text}</Bidi>}
      {links.map(([label, url]) => (
        <span key={url} title={url} className="text-xs text-accent-text underline">
          {label || url}
        </span>
      ))}
    </span>
  );
}

function Output({ output, words }: { output: FlowOutput; words: Words }) {
  const { t } = words;
  const agents = useAgents(Boolean(output.agent));
  const agent = agents.data?.find(({ id }) => id === output.agent)?.name;
  if (output.does === "say") {
    const { text, card } = shownOf(output);
    return (
      <li className="flex">
        <span
          dir="auto"
          className="bidi-line max-w-[85%] rounded-xl border border-line bg-surface px-3 py-1.5 text-[13px] whitespace-pre-wrap wrap-anywhere"
        >
          <Bidi>{text}</Bidi>
          {card && <PlayedCard card={card} />}
        </span>
      </li>
    );
  }
  if (output.does === "note")
    return (
      <li className="flex items-start gap-1.5 rounded-lg border border-note-line bg-note px-2.5 py-1 text-xs whitespace-pre-wrap">
        <StickyNote size={13} aria-hidden="true" className="mt-0.5 shrink-0" />
        <span dir="auto" className="bidi-line min-w-0 wrap-anywhere">
          {output.text}
        </span>
      </li>
    );
  if (output.does === "look_up") return null;
  const Icon = ICONS[output.does] ?? FlaskConical;
  const said: Record<string, string> = {
    tag: t("flows.play.tagged", { tags: isolate((output.tags ?? []).join(", ")) }),
    give: t("flows.play.given", {
      to: isolate(agent || words.queueName(output.queue) || t("flows.line.own_queue")),
      why: words.maybe(`flows.reason.${output.reason}`, output.reason ?? ""),
    }),
    finish: t("flows.play.finished"),
  };
  return (
    <li className="text-xs text-ink-2">
      <span className="flex items-center gap-1.5">
        <Icon size={13} aria-hidden="true" className="shrink-0" />
        {said[output.does] ?? t("flows.play.would", { what: words.typeName(output.does) })}
      </span>
      {output.summary && (
        <p
          dir="auto"
          className="bidi-line mt-1 rounded-lg border border-note-line bg-note px-2.5 py-1 whitespace-pre-wrap text-ink"
        >
          {output.summary}
        </p>
      )}
    </li>
  );
}
