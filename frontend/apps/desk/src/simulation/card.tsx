import { useT } from "@wasl/i18n";
import { cardLook, IconButton } from "@wasl/ui";
import { clsx } from "clsx";
import { ChartColumn, Table2 } from "lucide-react";
import { type ReactNode, useId, useState } from "react";

export interface TableOf {
  heads: string[];
  rows: string[][];
}

/** A chart in its frame; the same figures stand in a table for whoever asks for it. */
export function ChartCard(props: {
  title: string;
  lead?: ReactNode;
  table: TableOf;
  children: ReactNode;
  className?: string;
}) {
  const t = useT();
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  return (
    <section aria-labelledby={id} className={clsx(cardLook, "min-w-0 p-4", props.className)}>
      <header className="mb-3 flex items-start gap-2">
        <div className="min-w-0 grow">
          <h2 id={id} className="text-sm font-semibold">
            {props.title}
          </h2>
          {props.lead && <div className="mt-0.5 text-xs text-ink-2">{props.lead}</div>}
        </div>
        <IconButton
          size="sm"
          icon={asTable ? ChartColumn : Table2}
          label={t(asTable ? "simulation.as_chart" : "simulation.as_table", { of: props.title })}
          onPress={() => setAsTable(!asTable)}
        />
      </header>
      {asTable ? <PlainTable {...props.table} label={props.title} /> : props.children}
    </section>
  );
}

function PlainTable({ heads, rows, label }: TableOf & { label: string }) {
  return (
    <table aria-label={label} className="w-full text-[13px]">
      <thead>
        <tr className="border-b border-line text-ink-2">
          {heads.map((head, n) => (
            <th
              key={head}
              scope="col"
              className={clsx("py-1.5 pe-3 font-medium", n ? "text-end" : "text-start")}
            >
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row[0]} className="border-b border-line/70">
            {row.map((cell, n) =>
              n ? (
                <td key={heads[n]} className="py-1.5 pe-3 text-end">
                  <bdi>{cell}</bdi>
                </td>
              ) : (
                <th key={heads[n]} scope="row" className="py-1.5 pe-3 text-start font-normal">
                  <bdi>{cell}</bdi>
                </th>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the two sides look like, wherever both are shown. */
export function Key({ target = false }: { target?: boolean }) {
  const t = useT();
  return (
    <span aria-hidden="true" className="flex flex-wrap gap-x-3 gap-y-0.5">
      <span className="flex items-center gap-1.5">
        <span className="size-2.5 rounded-full border-2 border-ink bg-surface" />
        {t("simulation.today")}
      </span>
      <span className="flex items-center gap-1.5">
        <span className="size-2.5 rounded-full bg-accent" />
        {t("simulation.scenario")}
      </span>
      {target && (
        <span className="flex items-center gap-1.5">
          <span className="h-3 border-s border-dashed border-ink" />
          {t("simulation.target")}
        </span>
      )}
    </span>
  );
}
