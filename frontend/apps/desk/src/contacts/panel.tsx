import { cardLook } from "@wasl/ui";
import { clsx } from "clsx";
import type { ReactNode } from "react";

export function Panel(props: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className={clsx(cardLook, "overflow-hidden")}>
      <header className="flex h-11 items-center gap-2 border-b border-line/70 ps-4 pe-2">
        <h2 className="min-w-0 grow truncate text-sm font-semibold">{props.title}</h2>
        {props.action}
      </header>
      {props.children}
    </section>
  );
}

export function Nothing({ children }: { children: ReactNode }) {
  return <p className="px-4 py-4 text-[13px] text-ink-2">{children}</p>;
}
