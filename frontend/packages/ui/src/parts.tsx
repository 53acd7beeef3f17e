import { clsx } from "clsx";
import type { LucideIcon } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";

export const cardLook = "rounded-xl border border-line bg-surface shadow-card";

const TONES = {
  neutral: "bg-sunken text-ink-2",
  accent: "bg-accent-soft text-accent-text",
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};
export type Tone = keyof typeof TONES;

export function Pill(props: {
  children: ReactNode;
  tone?: Tone;
  icon?: LucideIcon;
  className?: string;
}) {
  const { children, tone = "neutral", icon: Icon, className } = props;
  return (
    <span
      className={clsx(
        "inline-flex max-w-full shrink-0 items-center gap-1 rounded-full px-2 text-xs leading-5 font-medium whitespace-nowrap",
        TONES[tone],
        className,
      )}
    >
      {Icon && <Icon size={12} aria-hidden="true" className="shrink-0" />}
      {children}
    </span>
  );
}

/** A count on something; its words stand in the label of the thing. */
export function CountBadge({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={clsx(
        "num grid h-[18px] min-w-[18px] shrink-0 place-items-center rounded-full bg-accent px-1 text-2xs leading-none font-semibold text-accent-ink",
        className,
      )}
    >
      {children}
    </span>
  );
}

export function EmptyState(props: {
  icon: LucideIcon;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  tone?: "accent" | "bad";
}) {
  const { icon: Icon, title, children, actions, tone = "accent" } = props;
  return (
    <div className="grid h-full grow place-content-center justify-items-center px-6 py-10 text-center">
      <span className={clsx("mb-4 grid size-14 place-items-center rounded-2xl", TONES[tone])}>
        <Icon size={24} aria-hidden="true" />
      </span>
      <h2 className="text-base font-semibold">{title}</h2>
      {children && <div className="mt-1 max-w-72 text-[13px] text-ink-2">{children}</div>}
      {actions && <div className="mt-4 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return <span className={clsx("block animate-breathe rounded-full bg-line", className)} />;
}

/** Nothing for 300 ms, then the skeletons: what comes quickly doesn't flash. */
export function Loading({ label, children }: { label: string; children: ReactNode }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={label}>
      {late && children}
    </div>
  );
}
