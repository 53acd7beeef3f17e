import { isolate, useFormat, useT } from "@wasl/i18n";
import { cardLook, Ltr } from "@wasl/ui";
import { clsx } from "clsx";
import { CircleCheck, TimerOff, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useNamed } from "../names.ts";
import { judgeWait, type Level, type Totals } from "./figures.ts";
import { INK } from "./level.tsx";
import { Elapsed, usePercent, useWallNow } from "./live.tsx";
import { Spark } from "./spark.tsx";

interface TileProps {
  label: string;
  level?: Level;
  spark?: number[];
  below?: ReactNode;
  wall?: boolean;
  children: ReactNode;
}

function Tile({ label, level = "ok", spark, below, wall = false, children }: TileProps) {
  return (
    <div
      className={clsx(
        cardLook,
        "relative min-w-0 overflow-hidden",
        wall ? "px-6 py-4" : "px-3.5 py-2.5",
      )}
    >
      <p className={clsx("truncate text-ink-2", wall ? "text-2xl" : "text-xs")}>{label}</p>
      <p
        className={clsx(
          "font-semibold whitespace-nowrap",
          wall ? "text-7xl leading-[1.2]" : "text-2xl leading-9",
          INK[level],
        )}
      >
        {children}
      </p>
      <p className={clsx("text-ink-2 sm:truncate", wall ? "text-xl" : "min-h-4 text-2xs")}>
        {below}
      </p>
      {spark && (
        <Spark
          values={spark}
          className={clsx("absolute", wall ? "end-6 top-16 h-16 w-32" : "end-3 top-9 h-7 w-16")}
        />
      )}
    </div>
  );
}

const BELOW_ICONS = { ok: CircleCheck, warn: TriangleAlert, bad: TriangleAlert };

/** The centre in six figures. */
export function Tiles({
  totals,
  free,
  of,
  wall = false,
}: {
  totals: Totals;
  free: number;
  /** What the queues together are called; nothing: all of them. */
  of?: string | undefined;
  wall?: boolean;
}) {
  const t = useT();
  const format = useFormat();
  const percent = usePercent();
  const named = useNamed();
  const now = useWallNow();
  const { longest } = totals;
  const wait = longest ? judgeWait(longest, now) : "ok";
  const missed = totals.judged - totals.onTarget;
  const Judged = BELOW_ICONS[missed ? "warn" : "ok"];
  return (
    <div
      className={clsx(
        "grid gap-3",
        wall ? "grid-cols-4 gap-5" : "grid-cols-2 sm:grid-cols-3 xl:grid-cols-6",
      )}
    >
      <Tile
        wall={wall}
        label={t("wallboard.waiting_now")}
        spark={totals.points.map((p) => p.waiting)}
        below={t("wallboard.free_now", { n: free })}
      >
        <Ltr className="num">{format.number(totals.waiting)}</Ltr>
      </Tile>
      <Tile
        wall={wall}
        label={t("wallboard.longest")}
        level={wait}
        below={
          longest && (
            <span className={clsx("inline-flex items-center gap-1", INK[wait])}>
              {wait !== "ok" && <TimerOff size={wall ? 20 : 12} aria-hidden="true" />}
              {t("wallboard.with_limit", {
                queue: isolate(named(longest.names)),
                limit: format.span(longest.target.longest_wait_s),
              })}
            </span>
          )
        }
      >
        {longest ? <Elapsed since={longest.waiting_since} /> : "—"}
      </Tile>
      <Tile
        wall={wall}
        label={t("wallboard.level")}
        below={
          totals.judged > 0 && (
            <span
              className={clsx("inline-flex items-center gap-1", missed ? "text-warn" : "text-ok")}
            >
              <Judged size={wall ? 20 : 12} aria-hidden="true" />
              {t("wallboard.on_target", { n: totals.onTarget, of: totals.judged })}
            </span>
          )
        }
      >
        <bdi>{totals.level === null ? "—" : percent(totals.level)}</bdi>
      </Tile>
      <Tile
        wall={wall}
        label={t("wallboard.abandon_today")}
        below={t("wallboard.left_today", { n: totals.abandoned })}
      >
        <bdi>{totals.abandonRate === null ? "—" : percent(totals.abandonRate)}</bdi>
      </Tile>
      {!wall && (
        <>
          <Tile label={t("wallboard.answer_speed")} below={t("wallboard.mean")}>
            {totals.meanWait === null ? (
              "—"
            ) : (
              <Ltr className="num">{format.clock(totals.meanWait)}</Ltr>
            )}
          </Tile>
          <Tile
            label={t("wallboard.answered_today")}
            spark={totals.points.map((p) => p.answered)}
            below={of ? <bdi>{of}</bdi> : t("wallboard.all_queues")}
          >
            <Ltr className="num">{format.number(totals.answered)}</Ltr>
          </Tile>
        </>
      )}
    </div>
  );
}
