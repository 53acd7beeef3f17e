import { Link } from "@tanstack/react-router";
import type { FlowRun, TraceInput } from "@wasl/api";
import { isolate } from "@wasl/i18n";
import { clsx } from "clsx";
import {
  CircleAlert,
  CircleDashed,
  Clock,
  type LucideIcon,
  MessageSquare,
  SquarePen,
  Zap,
} from "lucide-react";
import { Fragment } from "react";
import { STEP_TYPES } from "../model/step-types.ts";
import { RUN_LOOKS } from "./looks.ts";
import { SHORTEST_S, type Stop, stopsOf } from "./stops.ts";
import type { TraceWords } from "./words.ts";

const DOTS: Record<Stop["look"], string> = {
  plain: "bg-accent-soft text-accent-text",
  odd: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

const CAME: Record<TraceInput["kind"], LucideIcon> = {
  message: MessageSquare,
  event: Zap,
  moment: Clock,
  found: CircleDashed,
};

/** The steps that a run took, and how it ended. Those who draw flows go from a step to its place. */
export function TracePath(props: { run: FlowRun; words: TraceWords; draws: boolean }) {
  const { run, words, draws } = props;
  const { icon: Icon, tone } = RUN_LOOKS[run.status];
  return (
    <ol aria-label={words.t("flows.trace.steps")} className="text-[13px] leading-5">
      {stopsOf(run.steps).map((stop) => (
        <StopRow key={stop.first.n} stop={stop} run={run} words={words} draws={draws} />
      ))}
      <li className="flex items-center gap-3">
        <span
          className={clsx(
            "grid size-7 shrink-0 place-items-center rounded-full border",
            tone === "bad" ? "border-bad text-bad" : "border-line-strong text-ink-2",
          )}
        >
          <Icon size={14} aria-hidden="true" />
        </span>
        <span className={clsx("font-medium", tone === "bad" && "text-bad")}>{words.end()}</span>
      </li>
    </ol>
  );
}

function StopRow(props: { stop: Stop; run: FlowRun; words: TraceWords; draws: boolean }) {
  const { stop, run, words, draws } = props;
  const { t, format } = words;
  const { first, noted } = stop;
  const Icon = stop.look === "bad" ? CircleAlert : (STEP_TYPES[first.kind]?.icon ?? CircleDashed);
  const inner = first.flow !== "";
  const lines = noted
    .map((step) => ({ step, said: [words.way(step), words.found(step)].filter(Boolean) }))
    .map(({ step, said }) => ({
      n: step.n,
      kind: step.input?.kind ?? "found",
      came: words.came(step),
      bad: step.way === "failed" || step.way === "stuck",
      said: said.join(" · "),
      lasted:
        step.duration_s !== null && step.duration_s >= SHORTEST_S
          ? format.span(step.duration_s)
          : "",
    }))
    .filter(({ came, said, lasted }) => came || said || lasted);
  return (
    <li className={clsx("group flex gap-3", inner && "ms-5")}>
      <span className="flex shrink-0 flex-col items-center">
        <span className={clsx("grid size-7 place-items-center rounded-full", DOTS[stop.look])}>
          <Icon size={14} aria-hidden="true" />
        </span>
        <span aria-hidden="true" className="min-h-3 grow border-s border-line-strong" />
      </span>
      <div className="min-w-0 grow pt-1 pb-3">
        <div className="flex items-start gap-2">
          <p className="min-w-0 grow wrap-anywhere">
            <b className="font-medium">{words.type(first.kind)}</b>
            <span className="text-ink-2"> · </span>
            <span className="line-clamp-2 inline">{words.about(first)}</span>
            {inner && (
              <span className="text-ink-2">
                {" "}
                {t("flows.trace.in", { name: isolate(words.name(first.flow)) })}
              </span>
            )}
          </p>
          <time dateTime={first.at} className="num shrink-0 text-xs text-ink-2">
            {format.time(first.at)}
          </time>
          {draws && !inner && (
            <Link
              to="/flows/$"
              params={{ _splat: run.flow.id }}
              hash={first.step}
              aria-label={t("flows.trace.draw", { step: isolate(words.about(first)) })}
              className="-my-1 grid size-7 shrink-0 place-items-center rounded-lg text-ink-2 hover:bg-sunken"
            >
              <SquarePen size={14} aria-hidden="true" />
            </Link>
          )}
        </div>
        {lines.map(({ n, kind, came, said, lasted, bad }) => (
          <Fragment key={n}>
            {came && <CameIn kind={kind} told={came} />}
            {(said || lasted) && (
              <p className={clsx("text-xs leading-5", bad ? "text-bad" : "text-ink-2")}>
                {said}
                {lasted && (said ? ` · ${lasted}` : lasted)}
              </p>
            )}
          </Fragment>
        ))}
      </div>
    </li>
  );
}

/** What moved the run there. */
function CameIn({ kind, told }: { kind: TraceInput["kind"]; told: string }) {
  const Icon = CAME[kind];
  return (
    <p className="flex items-start gap-1.5 text-xs leading-5">
      <Icon size={12} aria-hidden="true" className="mt-1 shrink-0 text-ink-3" />
      <span className="line-clamp-3 min-w-0 wrap-anywhere">{told}</span>
    </p>
  );
}
