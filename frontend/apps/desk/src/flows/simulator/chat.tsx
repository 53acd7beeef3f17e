import type { FlowOutput } from "@wasl/api";
import { directionOf, isolate } from "@wasl/i18n";
import { Bidi, Button, IconButton, TextField } from "@wasl/ui";
import {
  ArrowRightLeft,
  CircleStop,
  FlaskConical,
  type LucideIcon,
  SendHorizontal,
  StickyNote,
  Tag,
  TimerOff,
} from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useErrorText } from "../../errors.ts";
import { Failure } from "../../settings/parts.tsx";
import type { Words } from "../words.ts";
import type { Play } from "./use-play.ts";

const ICONS: Record<string, LucideIcon> = { tag: Tag, give: ArrowRightLeft, finish: CircleStop };
const HELLO = { en: "Hello", fa: "سلام", ar: "مرحبًا" };

/** The play as the widget would show it, in the contact's language. */
export function PlayChat({ play, words }: { play: Play; words: Words }) {
  const { t } = words;
  const errorText = useErrorText();
  const [text, setText] = useState("");
  const end = useRef<HTMLLIElement>(null);
  const { turns, last, setting } = play;
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
  const choices = last?.outputs.findLast(({ does }) => does === "say")?.choices ?? [];
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
              {t("flows.play.begin")}
            </li>
          )}
          {/* biome-ignore-start lint/suspicious/noArrayIndexKey: turns and outputs stand in their order for good */}
          {turns.flatMap((turn, n) => [
            <li key={`${n} given`} className="flex justify-end">
              {turn.given === "words" ? (
                <span
                  dir="auto"
                  className="bidi-line max-w-[85%] rounded-xl bg-accent-soft px-3 py-1.5 text-[13px] wrap-anywhere"
                >
                  {turn.text}
                </span>
              ) : (
                <span className="flex items-center gap-1 text-xs text-ink-2">
                  <TimerOff size={13} aria-hidden="true" />
                  {t("flows.play.was_silent")}
                </span>
              )}
            </li>,
            ...turn.played.outputs.map((output, place) => (
              <Output key={`${n} ${place}`} output={output} words={words} />
            )),
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
      <form onSubmit={submit} className="flex items-center gap-1.5">
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
        {turns.length > 0 && (
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
  if (output.does === "say")
    return (
      <li className="flex">
        <span
          dir="auto"
          className="bidi-line max-w-[85%] rounded-xl border border-line bg-surface px-3 py-1.5 text-[13px] whitespace-pre-wrap wrap-anywhere"
        >
          <Bidi>{output.text ?? ""}</Bidi>
          {output.card && <PlayedCard card={output.card} />}
        </span>
      </li>
    );
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
