import type { SimulationResult } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { usePercent } from "../wallboard/live.tsx";
import { ChartCard, Key } from "./card.tsx";
import { binsOf } from "./figures.ts";

/** How the single days came out, of today and of the scenario. */
export function Runs({ result }: { result: SimulationResult }) {
  const t = useT();
  const format = useFormat();
  const percent = usePercent();
  const bins = binsOf(result.runs_of);
  const top = Math.max(1, ...bins.flatMap((bin) => [bin.today, bin.scenario]));
  const [first, last] = [bins[0], bins.at(-1)];
  if (!first || !last) return null;
  const bar = (n: number) => ({ blockSize: `${(n / top) * 100}%` });
  return (
    <ChartCard
      title={t("simulation.all_runs", { n: result.runs })}
      lead={<Key />}
      table={{
        heads: [t("simulation.level"), t("simulation.today"), t("simulation.scenario")],
        rows: bins.map((bin) => [
          percent(bin.from),
          format.number(bin.today),
          format.number(bin.scenario),
        ]),
      }}
    >
      <div role="img" aria-label={t("simulation.all_runs", { n: result.runs })}>
        <div className="flex h-40 items-end gap-px border-b border-line">
          {bins.map((bin) => (
            <span key={bin.from} className="flex h-full min-w-0 grow basis-0 items-end">
              <span
                className="grow basis-0 rounded-t-sm border border-b-0 border-ink/45 bg-ink/15"
                style={bin.today ? bar(bin.today) : { display: "none" }}
              />
              <span
                className="grow basis-0 rounded-t-sm bg-accent"
                style={bin.scenario ? bar(bin.scenario) : { display: "none" }}
              />
            </span>
          ))}
        </div>
        <div className="mt-1 flex justify-between text-xs text-ink-2">
          <bdi>{percent(first.from)}</bdi>
          <bdi>{percent((first.from + last.to) / 2)}</bdi>
          <bdi>{percent(last.to)}</bdi>
        </div>
      </div>
    </ChartCard>
  );
}
