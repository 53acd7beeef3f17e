import { useFormat, useT } from "@wasl/i18n";
import { Radio, TriangleAlert } from "lucide-react";
import { useContext } from "react";
import { Stopped, useExactTime, useWallNow } from "./live.tsx";

/** Says how fresh everything is, and when it is not. */
export function Live({ wall = false }: { wall?: boolean }) {
  const t = useT();
  const format = useFormat();
  const exact = useExactTime();
  const now = useWallNow();
  const stopped = useContext(Stopped);
  const size = wall ? 24 : 15;
  if (stopped !== null)
    return (
      <p role="status" className="flex items-center gap-1.5 font-medium text-warn">
        <TriangleAlert size={size} aria-hidden="true" />
        {t("wallboard.delayed", { time: exact(stopped) })}
      </p>
    );
  return (
    <p className="flex items-center gap-1.5 text-ink-2">
      <Radio size={size} aria-hidden="true" className="text-ok" />
      <span className="font-medium text-ok">{t("wallboard.live")}</span>
      {!wall && (
        <bdi className="num text-xs" title={format.date(now)}>
          {t("wallboard.as_of", { time: exact(now) })}
        </bdi>
      )}
    </p>
  );
}
