import type { ChannelCheck } from "@wasl/api";
import { useFormat, useHasText, useT } from "@wasl/i18n";
import { Pill, Skeleton } from "@wasl/ui";
import { CircleCheck, CircleX, type LucideIcon, TriangleAlert } from "lucide-react";
import { CopyText } from "../parts.tsx";

export type Verdict = "ok" | "warning" | "failed";
export const verdictOf = (check: Pick<ChannelCheck, "ok" | "warnings">): Verdict =>
  check.ok ? (check.warnings > 0 ? "warning" : "ok") : "failed";

const LOOK: Record<Verdict, { icon: LucideIcon; ink: string }> = {
  ok: { icon: CircleCheck, ink: "text-ok" },
  warning: { icon: TriangleAlert, ink: "text-warn" },
  failed: { icon: CircleX, ink: "text-bad" },
};

/** The verdict first, then each step with its time, then what cures it. */
export function CheckCard({
  check,
  old,
  busy,
}: {
  check: ChannelCheck | null;
  old: boolean;
  busy: boolean;
}) {
  const t = useT();
  const format = useFormat();
  if (busy)
    return (
      <section
        role="status"
        aria-label={t("settings.check.running")}
        className="rounded-xl border border-line bg-raised px-3.5 py-3"
      >
        <p className="text-[13px] font-medium">{t("settings.check.running")}</p>
        <Skeleton className="mt-3 h-2.5 w-2/3" />
        <Skeleton className="mt-2.5 h-2.5 w-1/2" />
      </section>
    );
  if (!check) return null;
  const verdict = verdictOf(check);
  const { icon: Icon, ink } = LOOK[verdict];
  return (
    <section role="status" className="overflow-hidden rounded-xl border border-line bg-raised">
      <header className="flex min-h-9 items-center gap-2 border-b border-line px-3.5 py-1.5 text-[13px] font-medium">
        <Icon size={15} aria-hidden="true" className={ink} />
        <span className="grow">{t(`settings.check.${verdict}`, { n: check.warnings })}</span>
        {old && <Pill tone="neutral">{t("settings.check.old")}</Pill>}
        <span className="text-xs font-normal text-ink-3">
          {t("settings.check.at", { at: format.time(check.at) })}
        </span>
      </header>
      <ul className="flex flex-col gap-1.5 px-3.5 py-2.5 text-[13px]">
        {check.steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps run once, in this order
          <Step key={index} step={step} />
        ))}
      </ul>
    </section>
  );
}

function Step({ step }: { step: ChannelCheck["steps"][number] }) {
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const state: Verdict = step.ok ? "ok" : step.warning ? "warning" : "failed";
  const { icon: Icon, ink } = LOOK[state];
  const key = [`check.${step.code}.${step.ok ? "ok" : "failed"}`, `check.${step.code}`].find(has);
  const name = key ? t(key) : step.code;
  return (
    <li>
      <div className="flex items-start gap-2">
        <Icon size={15} aria-hidden="true" className={`mt-0.5 shrink-0 ${ink}`} />
        <span className={`min-w-0 grow ${step.ok ? "" : "font-medium"}`}>
          {name}
          <span className="sr-only">, {t(`settings.check.step_${state}`)}</span>
        </span>
        {step.seconds >= 0.05 && (
          <span className="shrink-0 text-xs text-ink-3">
            {t("settings.check.seconds", {
              s: format.number(step.seconds, { maximumFractionDigits: 1 }),
            })}
          </span>
        )}
      </div>
      {!step.ok && step.detail && (
        <p dir="auto" className="ps-6 text-xs wrap-anywhere text-ink-2">
          {step.detail}
        </p>
      )}
      {step.cure && (
        <div className="mt-1 ps-6">
          <p className="mb-1 text-xs text-ink-2">{t("settings.check.cure")}</p>
          <CopyText label={name} text={step.cure} />
        </div>
      )}
    </li>
  );
}
