import type { BoardPoint } from "@wasl/api";
import { useLocale } from "@wasl/i18n";
import { clsx } from "clsx";

const WIDTH = 100;
const HEIGHT = 28;
const PAD = 3;

/** Time runs along the reading direction; the newest point carries the dot. Decorative: the figure
 * itself stands beside it. `limit` is a dotted line. */
export function Spark(props: { values: number[]; limit?: number; className?: string }) {
  const { limit, className } = props;
  const rtl = useLocale().language !== "en";
  // what has just begun is a flat line
  const values =
    props.values.length > 1 ? props.values : Array<number>(2).fill(props.values[0] ?? 0);
  const top = Math.max(...values, limit ?? 0, 1);
  const x = (index: number) => {
    const along = PAD + (index / (values.length - 1)) * (WIDTH - 2 * PAD);
    return rtl ? WIDTH - along : along;
  };
  const y = (value: number) => HEIGHT - PAD - (value / top) * (HEIGHT - 2 * PAD);
  const line = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  const last = values.length - 1;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className={clsx("block overflow-visible text-accent", className)}
    >
      <polygon
        points={`${x(0)},${HEIGHT} ${line.join(" ")} ${x(last)},${HEIGHT}`}
        fill="currentColor"
        opacity=".12"
      />
      <polyline
        points={line.join(" ")}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
      {limit !== undefined && (
        <line
          x1="0"
          x2={WIDTH}
          y1={y(limit)}
          y2={y(limit)}
          stroke="var(--ink-3)"
          strokeDasharray="2 2"
          vectorEffect="non-scaling-stroke"
        />
      )}
      <line
        x1={x(last)}
        x2={x(last)}
        y1={y(values[last] ?? 0)}
        y2={y(values[last] ?? 0)}
        stroke="currentColor"
        strokeWidth="5"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

export const waitingOf = (points: BoardPoint[]) => points.map((point) => point.waiting);
