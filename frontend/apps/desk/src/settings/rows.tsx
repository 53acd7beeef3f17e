import { cardLook } from "@wasl/ui";
import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components";

/** Things of a section: header cells and rows share one grid; on a phone the header is not shown. */
export function RowTable<T extends { id: string }>(props: {
  /** The grid's columns; a narrow one for the chevron comes after them on wide pages. */
  grid: string;
  header: ReactNode;
  items: T[];
  current: string | undefined;
  open: (id: string) => void;
  /** The cells of one row. */
  children: (item: T) => ReactNode;
}) {
  return (
    <div className={clsx(cardLook, "overflow-hidden")}>
      <div
        aria-hidden="true"
        className={clsx(
          "hidden gap-3 border-b border-line bg-raised px-4 py-2 text-xs text-ink-3 md:grid",
          props.grid,
        )}
      >
        {props.header}
      </div>
      <ul>
        {props.items.map((item) => (
          <OpenRow
            key={item.id}
            isCurrent={item.id === props.current}
            onPress={() => props.open(item.id)}
            className={clsx("grid gap-y-1", props.grid)}
          >
            {props.children(item)}
          </OpenRow>
        ))}
      </ul>
    </div>
  );
}

/** A row that opens its thing in the drawer. */
export function OpenRow(props: {
  isCurrent: boolean;
  onPress: () => void;
  /** How the cells stand. */
  className: string;
  children: ReactNode;
}) {
  return (
    <li className="border-b border-line/70 last:border-0">
      <Button
        onPress={props.onPress}
        aria-current={props.isCurrent ? "true" : undefined}
        className={clsx(
          "w-full items-center gap-x-3 px-4 py-2.5 text-start -outline-offset-2 data-hovered:bg-sunken aria-[current]:bg-accent-soft!",
          props.className,
        )}
      >
        {props.children}
        <ChevronRight
          size={16}
          aria-hidden="true"
          className="icon-flip hidden text-ink-3 md:block"
        />
      </Button>
    </li>
  );
}
