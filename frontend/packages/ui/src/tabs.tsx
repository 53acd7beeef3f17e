import { clsx } from "clsx";
import type { ReactNode } from "react";
import { Tabs as AriaTabs, Tab, TabList, TabPanel } from "react-aria-components";

export interface TabItem {
  id: string;
  label: string;
  count?: string;
}

interface Props {
  label: string;
  items: TabItem[];
  value: string;
  onChange: (id: string) => void;
  /** Stands at the end of the row. */
  end?: ReactNode;
  /** Of the row of tabs. */
  className?: string;
  /** What the chosen tab shows. */
  children: ReactNode;
}

export function Tabs({ label, items, value, onChange, end, className, children }: Props) {
  return (
    <AriaTabs
      selectedKey={value}
      onSelectionChange={(key) => onChange(String(key))}
      className="flex min-h-0 grow flex-col"
    >
      <div className={clsx("flex shrink-0 border-b border-line px-3", className)}>
        <TabList aria-label={label} className="scroll-thin flex min-w-0 grow gap-1 overflow-x-auto">
          {items.map((item) => (
            <Tab
              key={item.id}
              id={item.id}
              className="border-b-2 border-transparent px-2 py-2 text-sm whitespace-nowrap text-ink-2 -outline-offset-2! select-none data-selected:border-accent data-selected:font-semibold data-selected:text-ink"
            >
              {item.label}
              {item.count && (
                <span className="num ms-1 text-xs font-normal text-ink-3">{item.count}</span>
              )}
            </Tab>
          ))}
        </TabList>
        {end}
      </div>
      <TabPanel id={value} className="flex min-h-0 grow flex-col -outline-offset-2!">
        {children}
      </TabPanel>
    </AriaTabs>
  );
}
