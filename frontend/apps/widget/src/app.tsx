import { useEffect } from "preact/hooks";
import { LANGS, lang, t } from "./i18n";
import { MinimiseButton } from "./parts/Header";
import { Icon } from "./parts/Icon";
import type { Chat, Phase } from "./state/chat";
import type { Uploads } from "./state/uploads";
import { ConversationView } from "./views/Conversation";
import { Home } from "./views/Home";
import { Offline } from "./views/Offline";
import { PreChat } from "./views/PreChat";

interface Props {
  chat: Chat;
  uploads: Uploads;
  /** The page is ours alone: it offers the languages itself. */
  alone: boolean;
}

export function App({ chat, uploads, alone }: Props) {
  const phase = chat.phase.value;
  const view = chat.view.value;
  const open = chat.page.value?.open ?? true;
  const ready = phase.state === "ready";

  // Where the visitor goes on: the field or button that the view names. Never taken from the page.
  const place = open && ready ? view : "";
  useEffect(() => {
    if (place && document.hasFocus())
      document.querySelector<HTMLElement>("[data-autofocus]")?.focus({ preventScroll: true });
  }, [place]);

  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !alone && !chat.page.value?.fixed) chat.close();
    };
    addEventListener("keydown", leave);
    return () => removeEventListener("keydown", leave);
  }, [chat, alone]);

  return (
    <div class={alone ? "app alone" : "app"}>
      {alone && <Languages />}
      <div class="panel">
        {!ready ? (
          <Unready chat={chat} phase={phase} />
        ) : view === "home" ? (
          <Home chat={chat} />
        ) : view === "pre_chat" ? (
          <PreChat chat={chat} />
        ) : view === "offline" ? (
          <Offline chat={chat} />
        ) : (
          <ConversationView chat={chat} uploads={uploads} />
        )}
      </div>
    </div>
  );
}

function Unready({ chat, phase }: { chat: Chat; phase: Phase }) {
  if (phase.state === "loading") {
    return (
      <main class="page centred" aria-busy="true">
        <h1 class="hidden">{t("chat")}</h1>
        <p class="dots" role="status">
          <i />
          <i />
          <i />
          <span class="hidden">{t("loading")}</span>
        </p>
      </main>
    );
  }
  const why = phase.state === "refused" ? refusedText(phase.code) : t("failed_load");
  return (
    <main class="page centred">
      <div class="corner">
        <MinimiseButton chat={chat} icon="close" />
      </div>
      <span class="big warn">
        <Icon name="alert" size={32} />
      </span>
      <h1>{t("refused_title")}</h1>
      <p class="quiet" role="alert">
        {why}
      </p>
      {phase.state === "failed" && (
        <button type="button" class="button" data-autofocus onClick={() => chat.tryNow()}>
          <Icon name="retry" size={18} /> {t("try_again")}
        </button>
      )}
    </main>
  );
}

function refusedText(code: string): string {
  if (code.startsWith("identity")) return t("refused_identity");
  if (code.startsWith("link")) return t("refused_link");
  return t("refused_channel");
}

const NAMES = { en: "English", fa: "فارسی", ar: "العربية" };

function Languages() {
  return (
    <nav class="languages" aria-label={t("language")}>
      {LANGS.map((one) => (
        <button
          type="button"
          key={one}
          lang={one}
          aria-pressed={lang.value === one}
          onClick={() => (lang.value = one)}
        >
          {NAMES[one]}
        </button>
      ))}
    </nav>
  );
}
