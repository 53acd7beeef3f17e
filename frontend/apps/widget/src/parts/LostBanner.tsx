import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import type { Chat } from "../state/chat";
import { Icon } from "./Icon";

export function LostBanner({ chat }: { chat: Chat }) {
  const link = chat.link.value;
  const [now, setNow] = useState(Date.now());
  const lost = link.state === "lost";

  useEffect(() => {
    if (!lost) return;
    const tick = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(tick);
  }, [lost]);

  if (!lost) return null;
  const n = Math.max(1, Math.ceil((link.retryAt - now) / 1000));
  return (
    <div class="banner">
      <Icon name="offline" />
      <div class="grow">
        <p class="strong" role="status">
          {t("lost")}
        </p>
        <p class="meta">{t("lost_retry", { n })}</p>
      </div>
      <button type="button" class="button outline" onClick={() => chat.tryNow()}>
        {t("try_now")}
      </button>
    </div>
  );
}
