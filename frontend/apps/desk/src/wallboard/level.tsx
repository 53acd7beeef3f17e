import type { LevelVariant, QueueBoard } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { Popover } from "@wasl/ui";
import { clsx } from "clsx";
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import { judgeLevel, type Level, levelOf } from "./figures.ts";
import { usePercent } from "./live.tsx";

export const INK: Record<Level, string> = { ok: "", warn: "text-warn", bad: "text-bad" };
const FILL: Record<Level, string> = { ok: "bg-accent", warn: "bg-warn", bad: "bg-bad" };
export const VARIANTS: LevelVariant[] = ["offered", "without_short", "short_met", "answered"];
const FLOOR = 50; // the bar shows 50 to 100 %

const along = (percent: number) =>
  Math.min(100, Math.max(0, ((percent - FLOOR) / (100 - FLOOR)) * 100));

/** Today's figure, a bar with the target's tick, the target in words, and how those who left count. */
export function ServiceLevel({ board, wall = false }: { board: QueueBoard; wall?: boolean }) {
  const t = useT();
  const percent = usePercent();
  const level = levelOf(board);
  const judged = judgeLevel(board);
  return (
    <span className={clsx("flex items-center", wall ? "gap-4" : "gap-2.5")}>
      <span
        className={clsx(
          "flex shrink-0 items-center justify-end gap-1 font-semibold",
          wall ? "w-36" : "w-17",
          INK[judged],
        )}
      >
        {judged !== "ok" && <TriangleAlert size={wall ? 20 : 13} aria-hidden="true" />}
        <bdi>{level === null ? "—" : percent(level)}</bdi>
      </span>
      <span className="min-w-0 grow">
        <span className="flex items-center gap-1.5">
          <span
            aria-hidden="true"
            className={clsx(
              "relative shrink-0 rounded-full bg-line",
              wall ? "h-3 w-44" : "h-1.5 w-18",
            )}
          >
            <span
              className={clsx("absolute inset-y-0 start-0 rounded-full", FILL[judged])}
              style={{ inlineSize: `${level === null ? 0 : along(level * 100)}%` }}
            />
            <span
              className={clsx("absolute -inset-y-0.5 bg-ink", wall ? "w-1" : "w-0.5")}
              style={{ insetInlineStart: `${along(board.target.percent)}%` }}
            />
          </span>
          {!wall && <TargetInWords board={board} className="text-2xs" />}
        </span>
        {wall && <TargetInWords board={board} className="mt-1 text-xl" />}
        <span className={clsx("block truncate text-ink-2", wall ? "text-xl" : "text-2xs")}>
          {t(`wallboard.variant_${board.target.variant}`)}
        </span>
      </span>
    </span>
  );
}

function TargetInWords({ board, className }: { board: QueueBoard; className: string }) {
  const t = useT();
  const format = useFormat();
  const percent = usePercent();
  return (
    <span className={clsx("block truncate text-ink-2", className)}>
      {t("wallboard.target", {
        percent: percent(board.target.percent / 100, 0),
        time: format.span(board.target.within_s),
      })}
    </span>
  );
}

/** The same service level, counted in each of the four ways; the queue's own is marked. */
export function FourWays({ board, children }: { board: QueueBoard; children: ReactNode }) {
  const t = useT();
  const format = useFormat();
  const percent = usePercent();
  return (
    <Popover
      label={t("wallboard.four_ways")}
      placement="bottom start"
      className="w-80 p-4"
      trigger={
        <Button className="w-full rounded-md text-start outline-offset-2 data-hovered:bg-sunken">
          {children}
        </Button>
      }
    >
      <h3 className="mb-2 text-[13px] font-semibold">{t("wallboard.four_ways")}</h3>
      <dl className="text-[13px]">
        {VARIANTS.map((variant) => {
          const level = board.service_levels[variant];
          const own = variant === board.target.variant;
          return (
            <div
              key={variant}
              className={clsx("flex gap-3 border-b border-line py-1.5", own && "font-semibold")}
            >
              <dt className="grow">{t(`wallboard.variant_${variant}`)}</dt>
              <dd>
                <bdi>{level === null ? "—" : percent(level)}</bdi>
              </dd>
            </div>
          );
        })}
      </dl>
      <p className="mt-2 text-xs text-ink-2">
        {t("wallboard.counted", {
          answered: format.number(board.answered),
          in_target: format.number(board.in_target),
          abandoned: format.number(board.abandoned),
          short: format.number(board.abandoned_short),
        })}
      </p>
      {board.mean_handling_s !== null && (
        <p className="mt-1 text-xs text-ink-2">
          {t("wallboard.mean_handling", { time: format.span(board.mean_handling_s) })}
        </p>
      )}
    </Popover>
  );
}
