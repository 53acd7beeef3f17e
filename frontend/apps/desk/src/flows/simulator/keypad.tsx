import { directionOf, type Language, tagOf, usualLocale } from "@wasl/i18n";
import { Bidi, Button, Ltr } from "@wasl/ui";
import { PhoneOff, Volume2 } from "lucide-react";
import { useState } from "react";
import { Button as Press } from "react-aria-components";
import type { Words } from "../words.ts";
import type { Play } from "./use-play.ts";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** The play as a phone would tell it: entries by their number, answers by key and #. */
export function PlayKeypad({ play, words }: { play: Play; words: Words }) {
  const { t } = words;
  const [keyed, setKeyed] = useState("");
  const { last, setting } = play;
  const language = (last?.language ?? setting.language) as Language;
  const numbers = new Intl.NumberFormat(tagOf(usualLocale(language)), { useGrouping: false });
  const said = (last?.outputs ?? []).filter(({ does }) => does === "say");
  const choices = said.at(-1)?.choices ?? [];
  const over = last?.waiting === "over";
  const press = (key: string) => {
    if (play.busy || over) return;
    const next = key === "#" ? keyed : keyed + key;
    const chosen = choices.length > 0 && choices.length < 10 && /^\d$/.test(key) && keyed === "";
    if (key !== "#" && !chosen) {
      setKeyed(next);
      return;
    }
    setKeyed("");
    if (next) play.say(next);
  };
  return (
    <div className="grid min-h-0 grow grid-cols-[auto_minmax(0,1fr)] gap-3">
      <div dir="ltr" className="grid content-start gap-1.5 self-start">
        <div className="grid grid-cols-3 gap-1.5">
          {KEYS.map((key) => (
            <Press
              key={key}
              onPress={() => press(key)}
              isDisabled={play.busy || over}
              aria-label={t("flows.play.key", { key })}
              className="grid size-10 place-items-center rounded-lg bg-sunken text-base font-semibold data-disabled:text-ink-3 data-hovered:bg-line data-pressed:bg-accent data-pressed:text-accent-ink"
            >
              {/^\d$/.test(key) ? numbers.format(Number(key)) : key}
            </Press>
          ))}
        </div>
        <p className="min-h-5 text-xs text-ink-2">{keyed && <Ltr>{keyed}</Ltr>}</p>
      </div>
      <div className="flex min-h-0 flex-col gap-2">
        <section
          aria-label={t("flows.play.spoken")}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach it
          tabIndex={0}
          dir={directionOf(language)}
          className="min-h-0 grow overflow-y-auto rounded-xl bg-accent-soft p-2.5 text-[13px] scroll-thin"
        >
          <Volume2 size={15} aria-hidden="true" className="mb-1 text-accent-text icon-flip" />
          {said.map(({ text }, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: what was said stands in its order
            <p key={n} dir="auto" className="bidi-line">
              <Bidi>{text ?? ""}</Bidi>
            </p>
          ))}
          <ol className="mt-1">
            {choices.map((choice, n) => (
              <li key={choice}>
                <bdi>{numbers.format(n + 1)}</bdi>: {choice}
              </li>
            ))}
          </ol>
          {!last && <p className="text-ink-2">{t("flows.play.call_about")}</p>}
        </section>
        {last ? (
          <Button size="sm" icon={PhoneOff} onPress={play.restart}>
            {t("flows.play.hang_up")}
          </Button>
        ) : (
          <Button size="sm" kind="primary" isDisabled={play.busy} onPress={() => play.say("…")}>
            {t("flows.play.call")}
          </Button>
        )}
      </div>
    </div>
  );
}
