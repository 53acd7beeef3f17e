import { ltr, useFormat } from "@wasl/i18n";
import { clsx } from "clsx";
import { Button as Press } from "react-aria-components";
import { exitOfWay, exitsOf } from "../model/exits.ts";
import { howFound } from "../panel/learning.tsx";
import type { Words } from "../words.ts";
import type { Play } from "./use-play.ts";

/** Which steps were taken, by which way out, and what the run knows by now. */
export function PlayPath(props: { play: Play; words: Words; show: (id: string) => void }) {
  const { play, words, show } = props;
  const { t } = words;
  const format = useFormat();
  const taken = play.moves.flatMap(({ trace }) => trace);
  const values = Object.entries(play.last?.values ?? {});
  return (
    <section
      aria-label={t("flows.play.taken")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach it
      tabIndex={0}
      className="min-h-0 grow overflow-y-auto text-[13px] scroll-thin"
    >
      {taken.length === 0 && <p className="text-ink-2">{t("flows.play.no_path")}</p>}
      <ol>
        {taken.map(({ flow, step, way, detail }, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a path only grows
          <li key={n} className="relative flex items-baseline gap-2 ps-5 leading-7">
            <span
              aria-hidden="true"
              className={clsx(
                "absolute start-0.5 top-2 size-2.5 rounded-full border-2 border-accent",
                n < taken.length - 1 ? "bg-accent" : "bg-surface",
              )}
            />
            {n < taken.length - 1 && (
              <span
                aria-hidden="true"
                className="absolute start-1.5 top-4 h-full border-s-2 border-accent"
              />
            )}
            <Press
              isDisabled={flow !== ""}
              onPress={() => show(step)}
              className="truncate font-medium data-hovered:underline"
            >
              {flow === "" ? words.stepName(step) : ltr(`${flow} / ${step}`)}
            </Press>
            <span className="min-w-0 truncate text-xs text-ink-2">
              {wayName(words, step, way)}
              {detail && ` · ${howFound(detail, words, format.percent)}`}
            </span>
          </li>
        ))}
      </ol>
      {values.length > 0 && (
        <>
          <h4 className="mt-2 mb-1 text-xs font-semibold text-ink-2">{t("flows.play.values")}</h4>
          <dl dir="ltr" className="grid gap-0.5 font-mono text-xs">
            {values.map(([name, value]) => (
              <div key={name} className="flex gap-2">
                <dt className="shrink-0 text-ink-2">{name}</dt>
                <dd className="min-w-0 truncate">{JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}

function wayName(words: Words, id: string, way: string): string {
  const step = words.step(id);
  const exit = step && exitsOf(step).find((each) => each.id === exitOfWay(way));
  return exit ? words.exit(exit) : words.maybe(`flows.way.${way}`, way);
}
