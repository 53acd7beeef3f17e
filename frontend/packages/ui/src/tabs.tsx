import { clsx } from "clsx";
import type { ReactNode } from "react";
import { Tabs as AriaTabs, Tab, TabList } from "react-aria-components";

export interface TabItem {
  id: string;
  label: string;
  count?: string;
}

/** A row of tabs; what they choose stands elsewhere on the page, labelled by the caller. */
export function Tabs(props: {
  label: string;
  items: TabItem[];
  value: string;
  onChange: (id: string) => void;
  end?: ReactNode;
  className?: string;
}) {
  return (
    <div className={clsx("flex border-b border-line px-3", props.className)}>
      <AriaTabs
        selectedKey={props.value}
        onSelectionChange={(key) => props.onChange(String(key))}
        className="min-w-0 grow"
      >
        <TabList aria-label={props.label} className="scroll-thin flex gap-1 overflow-x-auto">
          {props.items.map((item) => (
            <Tab
              key={item.id}
              id={item.id}
              className="border-b-2 border-transparent px-2 py-2 text-sm whitespace-nowrap text-ink-2 outline-none select-none data-focus-visible:rounded-md data-focus-visible:outline-2 data-focus-visible:-outline-offset-2 data-focus-visible:outline-(--ring) data-selected:border-accent data-selected:font-semibold data-selected:text-ink"
            >
              {item.label}
              {item.count && (
                <span className="num ms-1 text-xs font-normal text-ink-3">{item.count}</span>
              )}
            </Tab>
          ))}
        </TabList>
      </AriaTabs>
      {props.end}
    </div>
  );
}
