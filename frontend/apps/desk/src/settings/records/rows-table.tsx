import type { CompanyRecord, KeptRecord } from "@wasl/api";
import { ltr, useFormat, useT } from "@wasl/i18n";
import { cardLook } from "@wasl/ui";
import { clsx } from "clsx";
import { Button as Press } from "react-aria-components";

const ON_PHONE = 4;
const cell = "px-4 md:py-2 max-md:block";

/** Rows with their fields; wide tables scroll. On a phone each row is a card of its first fields. */
export function RowsTable<R extends CompanyRecord | KeptRecord>(props: {
  label: string;
  fields: string[];
  rows: R[];
  current?: string | null;
  /** They answer an older question. */
  isOld?: boolean;
  open?: (row: R) => void;
}) {
  const t = useT();
  const format = useFormat();
  const { fields, rows, open } = props;
  const dated = rows.some((row) => "changed_at" in row);
  return (
    <div className={clsx(cardLook, "overflow-x-auto")}>
      <table aria-label={props.label} aria-busy={props.isOld} className="w-full max-md:block">
        <thead className="border-b border-line bg-raised text-xs text-ink-3 max-md:hidden">
          <tr>
            <th scope="col" className="px-4 py-2 text-start font-normal">
              {t("settings.record.row_key")}
            </th>
            {fields.map((field) => (
              <th key={field} scope="col" className="px-4 py-2 text-start font-normal">
                {ltr(field)}
              </th>
            ))}
            {dated && (
              <th scope="col" className="px-4 py-2 text-start font-normal">
                {t("settings.record.changed")}
              </th>
            )}
          </tr>
        </thead>
        <tbody className="max-md:block">
          {rows.map((row) => (
            <tr
              key={row.key}
              aria-current={row.key === props.current ? "true" : undefined}
              className={clsx(
                "relative border-b border-line/70 py-2.5 text-[13px] last:border-0 aria-[current]:bg-accent-soft! max-md:block",
                open && "hover:bg-sunken",
              )}
            >
              <th scope="row" className={clsx(cell, "max-w-56 text-start text-sm font-medium")}>
                {open ? (
                  <Press
                    onPress={() => open(row)}
                    className="block max-w-full text-start after:absolute after:inset-0"
                  >
                    <Text>{row.key}</Text>
                  </Press>
                ) : (
                  <Text>{row.key}</Text>
                )}
              </th>
              {fields.map((field, at) => (
                <td
                  key={field}
                  className={clsx(
                    cell,
                    "max-w-64 text-ink-2",
                    (at >= ON_PHONE || !row.values[field]) && "max-md:hidden",
                  )}
                >
                  <span className="flex gap-1.5">
                    <span className="shrink-0 text-ink-3 md:hidden">{ltr(field)}</span>
                    <Text>{row.values[field] ?? ""}</Text>
                  </span>
                </td>
              ))}
              {"changed_at" in row && (
                <td className={clsx(cell, "text-xs whitespace-nowrap text-ink-3 max-md:hidden")}>
                  {format.dateTime(row.changed_at)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What a person wrote, on one line. */
const Text = ({ children }: { children: string }) => (
  <span dir="auto" className="bidi-line block min-w-0 truncate">
    {children}
  </span>
);
