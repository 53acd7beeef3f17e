import { Link } from "@tanstack/react-router";
import type { FlowRuns, FlowVersion } from "@wasl/api";
import { isolate, useFormat } from "@wasl/i18n";
import { Button, Popover } from "@wasl/ui";
import { clsx } from "clsx";
import { CalendarClock, ChartLine, Flame, GitCompare, Pencil, Radio, Zap } from "lucide-react";
import { Fragment, useState } from "react";
import { Button as Press, ToggleButton } from "react-aria-components";
import { Spark } from "../../wallboard/spark.tsx";
import { useLeading } from "../leading.ts";
import { difference } from "../model/difference.ts";
import type { Draft } from "../use-draft.ts";
import { useFlowLanguage } from "../use-language.ts";
import type { Words } from "../words.ts";
import { Compare } from "./compare.tsx";
import { totalsOf } from "./totals.ts";
import { type HeatView, useVersion } from "./use-heat.ts";
import { useWhen } from "./when.ts";

const SHOWN = 3;
const pill = "inline-flex h-7 items-center gap-1.5 rounded-full px-2.5 text-xs whitespace-nowrap";

/** Which versions there were, which one is live, and what the draft has other than it. */
export function Versions(props: { draft: Draft; words: Words; heat: HeatView }) {
  const { draft, words, heat } = props;
  const { t } = words;
  const format = useFormat();
  const { flow, definition } = draft;
  const live = useVersion(flow.id, flow.published);
  const met = useLeading(flow).length > 0 || Boolean(definition.trigger);
  const [comparing, setComparing] = useState<number | null>(null);
  const newest = flow.versions[0]?.number ?? 0;
  const when = useWhen(flow.versions);
  const language = useFlowLanguage();
  const changes = live.data && language.known ? difference(live.data, definition, language) : null;
  const steps = changes
    ? changes.added.length + changes.removed.length + changes.changed.length
    : null;
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-1.5 gap-y-1 border-b border-line bg-raised px-4 py-1.5 max-sm:px-3">
      <h2 className="me-1 text-xs text-ink-2 max-sm:sr-only">{t("flows.versions")}</h2>
      {flow.versions
        .filter((version, n) => n < SHOWN || version.number === flow.published)
        .reverse()
        .map((version) => {
          const isLive = version.number === flow.published;
          const on = isolate(when(version.published_at));
          return (
            <Fragment key={version.number}>
              <Press
                onPress={() => setComparing(version.number)}
                className={clsx(
                  pill,
                  isLive
                    ? "bg-accent-soft font-medium text-accent-text"
                    : "border border-line bg-surface text-ink-2 max-md:hidden",
                )}
              >
                {isLive && met && <Radio size={13} aria-hidden="true" />}
                {t(
                  isLive
                    ? met
                      ? "flows.version_live"
                      : "flows.version_published"
                    : "flows.version_old",
                  {
                    n: version.number,
                    day: on,
                  },
                )}
              </Press>
              <span aria-hidden="true" className="w-3 border-t border-line-strong max-md:hidden" />
            </Fragment>
          );
        })}
      <span className={clsx(pill, "border border-dashed border-line-strong bg-surface")}>
        <Pencil size={12} aria-hidden="true" />
        {steps === null
          ? t("flows.version_draft", { n: newest + 1 })
          : t("flows.version_changed", { n: newest + 1, steps })}
      </span>
      {flow.publish_at && (
        <span className={clsx(pill, "border border-line bg-surface")}>
          <CalendarClock size={13} aria-hidden="true" />
          {t("flows.planned", { at: isolate(format.dateTime(flow.publish_at)) })}
        </span>
      )}
      {flow.published !== null && (
        <>
          <Button
            kind="ghost"
            size="sm"
            icon={GitCompare}
            onPress={() => setComparing(flow.published)}
          >
            {t("flows.compare")}
          </Button>
          <span className="grow" />
          {definition.trigger && (
            <Link
              to="/flows/$"
              params={{ _splat: `${flow.id}/runs` }}
              className="flex h-7 items-center gap-1.5 rounded-lg px-2 text-[13px] font-medium text-ink-2 hover:bg-sunken"
            >
              <Zap size={14} aria-hidden="true" />
              {t("flows.runs.title")}
            </Link>
          )}
          <Contained versions={flow.versions} words={words} />
          <ToggleButton
            isSelected={heat.on}
            onChange={heat.toggle}
            className="inline-flex h-7 items-center gap-1.5 rounded-lg px-2 text-[13px] font-medium text-ink-2 data-hovered:bg-sunken data-selected:bg-accent-soft data-selected:text-accent-text"
          >
            <Flame size={14} aria-hidden="true" />
            {t("flows.heat")}
          </ToggleButton>
        </>
      )}
      {heat.statistics && (
        <p className="w-full text-xs text-ink-2">
          {t("flows.heat.about", {
            n: heat.statistics.runs,
            version: heat.statistics.number,
            finished: format.number(heat.statistics.finished),
            over: format.number(heat.statistics.handed_over),
            person: format.number(heat.statistics.asked_for_person),
          })}
        </p>
      )}
      {comparing !== null && (
        <Compare
          draft={draft}
          words={words}
          number={comparing}
          choose={setComparing}
          close={() => setComparing(null)}
        />
      )}
    </div>
  );
}

/** The share of runs that needed nobody: of all versions, and version by version. */
function Contained({ versions, words }: { versions: readonly FlowVersion[]; words: Words }) {
  const { t } = words;
  const format = useFormat();
  const { runs, ended, contained } = totalsOf(versions);
  if (ended === 0) return null;
  const share = (of: FlowRuns) => (of.ended ? of.contained / of.ended : null);
  const shares = versions.map(share).filter((each) => each !== null);
  const row = (name: string, of: FlowRuns) => {
    const known = share(of);
    return (
      <tr key={name} className="border-t border-line/70 leading-7">
        <td>{name}</td>
        <td className="text-ink-2">{t("flows.ended_runs", { n: of.runs })}</td>
        <td className="text-end font-medium">
          <bdi>{known === null ? "–" : format.percent(known)}</bdi>
        </td>
      </tr>
    );
  };
  return (
    <Popover
      label={t("flows.contained")}
      trigger={
        <Press className="inline-flex h-7 items-center gap-1.5 rounded-lg px-2 text-[13px] font-medium text-ink-2 data-hovered:bg-sunken">
          <ChartLine size={14} aria-hidden="true" />
          {t("flows.runs_contained", {
            n: runs,
            share: isolate(format.percent(contained / ended)),
          })}
        </Press>
      }
      className="w-72 p-3!"
    >
      <h3 className="text-[13px] font-semibold">{t("flows.contained")}</h3>
      <p className="mb-2 text-xs text-ink-2">{t("flows.contained_about")}</p>
      {shares.length > 1 && <Spark values={shares.toReversed()} className="h-14 w-full" />}
      <table className="mt-2 w-full text-xs">
        <thead className="sr-only">
          <tr>
            <th>{t("flows.version")}</th>
            <th>{t("flows.runs")}</th>
            <th>{t("flows.contained")}</th>
          </tr>
        </thead>
        <tbody>
          {row(t("flows.all_versions"), { runs, ended, contained })}
          {versions.slice(0, 8).map((one) => row(t("flows.version_n", { n: one.number }), one))}
        </tbody>
      </table>
    </Popover>
  );
}
