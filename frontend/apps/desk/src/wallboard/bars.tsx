import type { BoardPoint } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { cardLook } from "@wasl/ui";
import { clsx } from "clsx";
import { useNow } from "../clock.ts";
import { barsOf } from "./figures.ts";

/** What came in during the last two hours and was answered in time, by quarters of an hour. */
export function Bars({ points, wall = false }: { points: BoardPoint[]; wall?: boolean }) {
  const t = useT();
  const format = useFormat();
  const bars = barsOf(points, useNow("minute"));
  const top = Math.max(4, ...bars.map((bar) => bar.offered));
  return (
    <section className={clsx(cardLook, "overflow-hidden p-4")} aria-labelledby="wall-bars">
      <header className="mb-3 flex flex-wrap items-baseline gap-x-2">
        <h2 id="wall-bars" className={clsx("font-semibold", wall ? "text-2xl" : "text-sm")}>
          {t("wallboard.last_hours")}
        </h2>
        <p className={clsx("text-ink-2", wall ? "text-xl" : "text-xs")}>
          {t("wallboard.per_quarter")}
        </p>
      </header>
      <ol className={clsx("flex items-end gap-1.5", wall ? "h-40" : "h-28")}>
        {bars.map((bar, index) => {
          const height = (n: number) => ({ blockSize: `${(n / top) * 100}%` });
          return (
            <li key={bar.at} className="flex h-full min-w-0 grow basis-0 flex-col">
              <span className="sr-only">
                {t("wallboard.bar", {
                  time: format.time(bar.at),
                  n: format.number(bar.in_target),
                  of: format.number(bar.offered),
                })}
              </span>
              <span aria-hidden="true" className="relative min-h-0 grow border-b border-line">
                <span
                  className="absolute inset-x-0 bottom-0 rounded-t-md border border-b-0 border-accent/40 bg-accent-soft"
                  style={height(bar.offered)}
                />
                <span
                  className="absolute inset-x-0 bottom-0 rounded-t-md bg-accent"
                  style={height(bar.in_target)}
                />
              </span>
              <span
                aria-hidden="true"
                className={clsx(
                  "mt-1 block text-center whitespace-nowrap text-ink-2",
                  wall ? "text-xl" : "text-2xs",
                )}
              >
                {index % 2 ? "\u00a0" : <bdi>{format.time(bar.at)}</bdi>}
              </span>
            </li>
          );
        })}
      </ol>
      {!wall && (
        <p aria-hidden="true" className="mt-2 flex flex-wrap gap-x-4 text-2xs text-ink-2">
          <span className="flex items-center gap-1.5">
            <span className="size-2.5 rounded-sm bg-accent" />
            {t("wallboard.in_target")}
          </span>
          <span className="flex items-center gap-1.5">
            <span className="size-2.5 rounded-sm border border-accent/40 bg-accent-soft" />
            {t("wallboard.came_in")}
          </span>
        </p>
      )}
    </section>
  );
}
