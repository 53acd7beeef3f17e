import type { SimulationResult } from "@wasl/api";
import { useT } from "@wasl/i18n";
import { clsx } from "clsx";
import { usePercent } from "../wallboard/live.tsx";
import { ChartCard } from "./card.tsx";
import { type Step, stepsOf } from "./figures.ts";
import { useSaid } from "./said.ts";

const HATCH =
  "repeating-linear-gradient(45deg, var(--accent) 0 1.5px, var(--accent-soft) 1.5px 6px)";
const FILL: Record<Step["id"], string> = {
  today: "bg-line-strong/50",
  looser: "border border-accent",
  changes: "bg-accent",
  scenario: "bg-accent/85",
};

/** What part of the gain is only counted differently, and what part is faster. */
export function Gain({ result }: { result: SimulationResult }) {
  const t = useT();
  const percent = usePercent();
  const said = useSaid();
  const steps = stepsOf(result);
  const edges = steps.flatMap(({ id, from, to }) =>
    id === "today" || id === "scenario" ? [to] : [from, to],
  );
  const low = Math.max(0, Math.floor((Math.min(...edges) - 0.06) * 10) / 10);
  const high = Math.min(1.04, Math.max(...edges) + 0.04);
  const height = (value: number) => Math.max(0, (value - low) / (high - low)) * 100;
  const written = ({ id, from, to }: Step) =>
    id === "today" || id === "scenario" ? percent(to) : said.signed((to - from) * 100, 1);
  return (
    <ChartCard
      title={t("simulation.gain")}
      lead={
        result.looser ? (
          <span className="flex items-center gap-1.5">
            <span
              aria-hidden="true"
              className="h-2.5 w-4 shrink-0 border border-accent"
              style={{ backgroundImage: HATCH }}
            />
            {t("simulation.counted_differently")}
          </span>
        ) : (
          t("simulation.from_percent", { from: percent(low, 0) })
        )
      }
      table={{
        heads: [t("simulation.part"), t("simulation.level")],
        rows: steps.map((step) => [t(`simulation.step_${step.id}`), written(step)]),
      }}
    >
      <ol className="flex gap-3">
        {steps.map((step) => {
          const whole = step.id === "today" || step.id === "scenario";
          const [bottom, top] = whole
            ? [0, height(step.to)]
            : [height(Math.min(step.from, step.to)), height(Math.max(step.from, step.to))];
          return (
            <li key={step.id} className="min-w-0 grow basis-0 text-center">
              <span className="relative block h-44 border-b border-line">
                <span
                  className="absolute inset-x-0 text-[13px] font-semibold"
                  style={{ insetBlockEnd: `calc(${top}% + 2px)` }}
                >
                  <bdi>{written(step)}</bdi>
                </span>
                <span
                  aria-hidden="true"
                  className={clsx("absolute inset-x-0 rounded-t-md", FILL[step.id])}
                  style={{
                    insetBlockEnd: `${bottom}%`,
                    blockSize: `max(${top - bottom}%, 2px)`,
                    ...(step.id === "looser" ? { backgroundImage: HATCH } : {}),
                  }}
                />
              </span>
              <span className="mt-1.5 block text-xs text-ink-2">
                {t(`simulation.step_${step.id}`)}
              </span>
            </li>
          );
        })}
      </ol>
    </ChartCard>
  );
}
