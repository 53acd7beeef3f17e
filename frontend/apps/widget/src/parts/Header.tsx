import type { ComponentChildren } from "preact";
import { t } from "../i18n";
import type { Chat } from "../state/chat";
import { Icon } from "./Icon";

interface Props {
  chat: Chat;
  title: string;
  subtitle: string;
  avatar: ComponentChildren;
  tone?: "warn";
  /** Where "back" leads; without it there is no such button. */
  onBack?: (() => void) | undefined;
}

export function Header({ chat, title, subtitle, avatar, tone, onBack }: Props) {
  return (
    <header class="head">
      {onBack && (
        <button type="button" class="round" aria-label={t("back")} onClick={onBack}>
          <Icon name="back" />
        </button>
      )}
      {avatar}
      <div class="grow">
        <h1 class="clip" dir="auto">
          {title}
        </h1>
        <p class={tone ? `clip meta ${tone}` : "clip meta"}>{subtitle}</p>
      </div>
      <MinimiseButton chat={chat} icon="minimise" />
    </header>
  );
}

/** Closes the panel; a frame that stands alone has nothing to close. */
export function MinimiseButton({ chat, icon }: { chat: Chat; icon: "minimise" | "close" }) {
  const page = chat.page.value;
  if (!page || page.fixed) return null;
  return (
    <button type="button" class="round" aria-label={t(icon)} onClick={() => chat.close()}>
      <Icon name={icon} />
    </button>
  );
}
