import { useT } from "@wasl/i18n";
import { clsx } from "clsx";
import { ExternalLink } from "lucide-react";
import { SHOP } from "./leading.ts";

/** The demo's shop, in a tab of its own. */
export function TryAsVisitor({ className }: { className?: string }) {
  const t = useT();
  return (
    <a
      href={SHOP}
      target="_blank"
      rel="noreferrer"
      className={clsx(
        "flex h-7 w-fit items-center gap-1.5 rounded-lg px-2 text-[13px] font-medium text-ink-2 hover:bg-sunken",
        className,
      )}
    >
      <ExternalLink size={14} aria-hidden="true" className="icon-flip" />
      {t("flows.try_as_visitor")}
    </a>
  );
}
