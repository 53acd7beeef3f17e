import type { Estimate, SimulationResult } from "@wasl/api";
import { useFormat, useLocale, useT } from "@wasl/i18n";
import { usePercent } from "../wallboard/live.tsx";
import { ChartCard, Key } from "./card.tsx";
import { weakestHour } from "./figures.ts";
import { usePhone } from "./phone.ts";

const [HEIGHT, SIDE, FOOT, HEAD] = [240, 48, 24, 12];
// about as wide as it is shown, so that its letters are as large as others
const [WIDE, NARROW] = [640, 330];
const HOUR_WIDTH = 40;

/** The service level of whoever came in each hour. Time runs as one reads. */
export function ByHour({ result }: { result: SimulationResult }) {
  const t = useT();
  const format = useFormat();
  const percent = usePercent();
  const rtl = useLocale().language !== "en";
  const width = usePhone() ? NARROW : WIDE;
  const { first, today, scenario } = result.hours;
  const known = [...today, ...scenario].flatMap((one) => (one ? [one.low ?? one.value] : []));
  if (known.length === 0) return null;
  const floor = Math.max(0, Math.floor((Math.min(...known) - 0.02) * 10) / 10);
  const count = scenario.length;
  const along = (n: number) => {
    const x = SIDE + ((n + 0.5) / count) * (width - SIDE);
    return rtl ? width - x : x;
  };
  const up = (value: number) =>
    HEAD + (1 - (Math.max(floor, value) - floor) / (1 - floor)) * (HEIGHT - FOOT - HEAD);
  const ticks = ticksOf(floor);
  const weakest = weakestHour(result.hours);
  const weak = weakest === null ? null : scenario[weakest];
  const time = (n: number) => format.number((first + n) % 24, { minimumIntegerDigits: 2 });
  const written = (one: Estimate | null) => (one ? percent(one.value) : "—");
  return (
    <ChartCard
      title={t("simulation.by_hour")}
      lead={
        <span className="flex flex-wrap gap-x-4">
          <Key />
          {t("simulation.band", { p: percent(0.95, 0) })}
        </span>
      }
      table={{
        heads: [t("simulation.hour"), t("simulation.today"), t("simulation.scenario")],
        rows: scenario.map((one, n) => [time(n), written(today[n] ?? null), written(one)]),
      }}
    >
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={t("simulation.by_hour")}
        className="block h-auto w-full"
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line
              x1={rtl ? 0 : SIDE}
              x2={rtl ? width - SIDE : width}
              y1={up(tick)}
              y2={up(tick)}
              className="stroke-line"
            />
            <text
              x={rtl ? width - SIDE + 6 : SIDE - 6}
              y={up(tick) + 4}
              direction="ltr"
              textAnchor={rtl ? "start" : "end"}
              className="fill-ink-2 text-xs"
            >
              {percent(tick, 0)}
            </text>
          </g>
        ))}
        {result.percent !== null && (
          <line
            x1={rtl ? 0 : SIDE}
            x2={rtl ? width - SIDE : width}
            y1={up(result.percent / 100)}
            y2={up(result.percent / 100)}
            strokeDasharray="3 3"
            className="stroke-ink"
          />
        )}
        <Side values={today} along={along} up={up} band="fill-ink/12" line="stroke-ink-2" dashed />
        <Side values={scenario} along={along} up={up} band="fill-accent/25" line="stroke-accent" />
        {weakest !== null && weak && (
          <circle
            cx={along(weakest)}
            cy={up(weak.value)}
            r={5}
            className="fill-accent stroke-surface"
            strokeWidth={2}
          />
        )}
        {scenario.map((one, n) =>
          n % Math.ceil((count * HOUR_WIDTH) / (width - SIDE)) ? null : (
            <text
              // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place
              key={n}
              x={along(n)}
              y={HEIGHT - 6}
              direction="ltr"
              textAnchor="middle"
              className={one ? "fill-ink-2 text-xs" : "fill-ink-3 text-xs"}
            >
              {time(n)}
            </text>
          ),
        )}
      </svg>
      {weakest !== null && weak && (
        <p className="mt-2 text-xs text-ink-2">
          {t("simulation.weakest", { hour: time(weakest), level: percent(weak.value) })}
        </p>
      )}
    </ChartCard>
  );
}

function ticksOf(floor: number): number[] {
  const step = 1 - floor > 0.5 ? 0.2 : 0.1;
  const ticks: number[] = [];
  for (let tick = 1; tick >= floor - 1e-9; tick -= step) ticks.push(Number(tick.toFixed(2)));
  return ticks;
}

function Side(props: {
  values: (Estimate | null)[];
  along: (n: number) => number;
  up: (value: number) => number;
  band: string;
  line: string;
  dashed?: boolean;
}) {
  const { values, along, up } = props;
  return runsIn(values).map((run) => {
    const over = run.map(({ n, one }) => `${along(n)},${up(Math.min(1, one.high ?? one.value))}`);
    const under = run.map(({ n, one }) => `${along(n)},${up(one.low ?? one.value)}`).toReversed();
    return (
      <g key={run[0]?.n}>
        <polygon points={[...over, ...under].join(" ")} className={props.band} />
        <polyline
          points={run.map(({ n, one }) => `${along(n)},${up(one.value)}`).join(" ")}
          fill="none"
          strokeWidth={2}
          strokeDasharray={props.dashed ? "5 4" : undefined}
          className={props.line}
        />
      </g>
    );
  });
}

/** Hours in a row in which anybody came. */
function runsIn(values: (Estimate | null)[]): { n: number; one: Estimate }[][] {
  const runs: { n: number; one: Estimate }[][] = [[]];
  for (const [n, one] of values.entries()) {
    if (one) runs.at(-1)?.push({ n, one });
    else if (runs.at(-1)?.length) runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}
