import type { Compared, Estimate, SimulationResult } from "@wasl/api";
import { useT } from "@wasl/i18n";
import { cardLook } from "@wasl/ui";
import { clsx } from "clsx";
import { Key } from "./card.tsx";
import {
  isHigherBetter,
  isLuck,
  isSeconds,
  LEVEL_MEASURES,
  MEASURES,
  scaleOf,
  valuesOf,
} from "./figures.ts";
import { useSaid } from "./said.ts";

/** Every measure of today and of the scenario with its interval, each row on a scale of its own. */
export function ResultTable({ result }: { result: SimulationResult }) {
  const t = useT();
  return (
    <section
      aria-labelledby="simulation-result"
      className={clsx(cardLook, "min-w-0 overflow-hidden")}
    >
      <header className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-xs text-ink-2">
        <h2 id="simulation-result" className="grow text-sm font-semibold text-ink">
          {t("simulation.result")}
        </h2>
        <Key target={result.percent !== null} />
      </header>
      <table className="w-full text-[13px]">
        <thead>
          <tr className="border-y border-line bg-raised text-xs text-ink-2">
            <th scope="col" className="px-4 py-1.5 text-start font-medium">
              {t("simulation.measure")}
            </th>
            <td className="max-lg:hidden" />
            <th scope="col" className="px-1 py-1.5 text-end font-medium sm:px-2">
              {t("simulation.today")}
            </th>
            <th scope="col" className="px-1 py-1.5 text-end font-medium sm:px-2">
              {t("simulation.scenario")}
            </th>
            <th scope="col" className="py-1.5 ps-2 pe-4 text-end font-medium">
              {t("simulation.change")}
            </th>
          </tr>
        </thead>
        <tbody>
          {MEASURES.map((measure) => {
            const row = result.measures[measure];
            if (!row) return null;
            const own = measure === LEVEL_MEASURES[result.variant];
            const target = own && result.percent !== null ? result.percent / 100 : null;
            return <Row key={measure} measure={measure} row={row} own={own} target={target} />;
          })}
        </tbody>
      </table>
    </section>
  );
}

function Row(props: { measure: string; row: Compared; own: boolean; target: number | null }) {
  const { measure, row, own, target } = props;
  const t = useT();
  const said = useSaid();
  const higher = isHigherBetter(measure);
  return (
    <tr className="border-b border-line/70 align-top last:border-0">
      <th
        scope="row"
        className="min-w-24 py-2 ps-4 pe-1 text-start font-normal sm:min-w-36 sm:pe-2"
      >
        <span className={clsx("block", own && "font-semibold")}>
          {t(`simulation.measure_${measure}`)}
        </span>
        {higher !== null && (
          <span className="block text-xs text-ink-2">
            {t(higher ? "simulation.higher_better" : "simulation.lower_better")}
          </span>
        )}
      </th>
      <td className="w-1/4 px-2 py-2 max-lg:hidden" aria-hidden="true">
        <Whiskers row={row} target={target} />
      </td>
      <Cell measure={measure} of={row.today} />
      <Cell measure={measure} of={row.scenario} strong />
      <td className="py-2 ps-1 pe-4 text-end sm:ps-2 sm:whitespace-nowrap">
        <span className="block font-semibold text-accent-text">
          <bdi>{said.change(measure, row.change.value)}</bdi>
        </span>
        <span className="block text-xs text-ink-2">
          {isLuck(row.change)
            ? t("simulation.luck")
            : t(isSeconds(measure) ? "simulation.unit_seconds" : "simulation.unit_points")}
        </span>
      </td>
    </tr>
  );
}

function Cell(props: { measure: string; of: Estimate; strong?: boolean }) {
  const said = useSaid();
  return (
    <td className="px-1 py-2 text-end sm:px-2 sm:whitespace-nowrap">
      <span className={clsx("block", props.strong && "font-semibold")}>
        <bdi>{said.value(props.measure, props.of.value)}</bdi>
      </span>
      <span className="block text-xs whitespace-nowrap text-ink-2 sm:hidden">
        {said.shortSpan(props.measure, props.of)}
      </span>
      <span className="block text-xs text-ink-2 max-sm:hidden">
        {said.span(props.measure, props.of)}
      </span>
    </td>
  );
}

const percentOf = (share: number) => `${share * 100}%`;

function Whiskers({ row, target }: { row: Compared; target: number | null }) {
  const values = valuesOf([row.today, row.scenario]);
  const at = scaleOf(target === null ? values : [...values, target]);
  return (
    <span className="relative block h-9">
      <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
      {target !== null && (
        <span
          className="absolute inset-y-0 border-s border-dashed border-ink"
          style={{ insetInlineStart: percentOf(at(target)) }}
        />
      )}
      {(["today", "scenario"] as const).map((side) => {
        const { value, low, high } = row[side];
        const [from, to] = [at(low ?? value), at(high ?? value)];
        return (
          <span
            key={side}
            className={clsx("absolute inset-x-0 h-4", side === "today" ? "top-0" : "bottom-0")}
          >
            <span
              className={clsx(
                "absolute top-1 h-2 rounded-full",
                side === "today" ? "bg-ink/20" : "bg-accent/35",
              )}
              style={{ insetInlineStart: percentOf(from), inlineSize: percentOf(to - from) }}
            />
            <span
              className={clsx(
                "absolute top-0.5 size-3 -translate-x-1/2 rounded-full rtl:translate-x-1/2",
                side === "today" ? "border-2 border-ink bg-surface" : "bg-accent",
              )}
              style={{ insetInlineStart: percentOf(at(value)) }}
            />
          </span>
        );
      })}
    </span>
  );
}
