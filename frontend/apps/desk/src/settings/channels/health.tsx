import type { Channel } from "@wasl/api";
import { isolate, useFormat, useHasText, useT } from "@wasl/i18n";
import { clsx } from "clsx";
import { CircleAlert, CircleCheck, CircleDashed, CircleOff, TriangleAlert } from "lucide-react";

const LOOK = {
  ok: { icon: CircleCheck, ink: "text-ok" },
  warning: { icon: TriangleAlert, ink: "text-warn" },
  failed: { icon: CircleAlert, ink: "text-bad" },
  unknown: { icon: CircleDashed, ink: "text-ink-2" },
  off: { icon: CircleOff, ink: "text-ink-2" },
};

/** How a channel is: a sign and words, with the reason and since when; never a bare dot. */
export function Health({ channel }: { channel: Channel }) {
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const { state, code, at } = channel.health;
  const shown = channel.enabled ? state : "off";
  const { icon: Icon, ink } = LOOK[shown];
  const reason =
    (shown === "failed" || shown === "warning") && code
      ? [`health.${code}`, `check.${code}.failed`, `check.${code}`].find(has)
      : undefined;
  const words = t(`settings.health.${shown}`);
  return (
    <span className={clsx("flex min-w-0 items-center gap-1 text-xs", ink)}>
      <Icon size={12} aria-hidden="true" className="shrink-0" />
      <span className="truncate">
        <bdi>
          {reason
            ? t("settings.health.because", { state: words, reason: isolate(t(reason)) })
            : words}
        </bdi>
        {at && shown !== "ok" && shown !== "off" && (
          <span className="text-ink-3">
            {" · "}
            <bdi>{format.dateTime(at)}</bdi>
          </span>
        )}
      </span>
    </span>
  );
}
