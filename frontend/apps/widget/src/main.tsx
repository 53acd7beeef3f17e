import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app";
import { type FrameSays, listenToHost } from "./host";
import { dir, lang, langOf, t } from "./i18n";
import { accentFor } from "./look";
import { Api } from "./net/api";
import { Chat } from "./state/chat";
import { pair } from "./state/pairs";
import { openStore } from "./state/storage";
import { Uploads } from "./state/uploads";
import "./styles/tokens.css";
import "./styles/app.css";

/** Where this document stands: in a page's frame, or alone, opened from a signed link. */
function readPlace() {
  const named = document.querySelector<HTMLMetaElement>("meta[name=wasl-channel]")?.content ?? "";
  const frame = /^\/widget\/frame\/([^/]+)$/.exec(location.pathname)?.[1];
  const link = /^\/c\/([^/]+)$/.exec(location.pathname)?.[1] ?? null;
  return {
    channel: named || decodeURIComponent(frame ?? ""),
    invitation: link && decodeURIComponent(link),
  };
}

const { channel, invitation } = readPlace();
const alone = window.parent === window;
const html = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

let say: (message: FrameSays) => void = () => {};
const chat = new Chat(new Api(channel), openStore(), invitation, (message) => say(message));

effect(() => {
  html.lang = lang.value;
  html.dir = dir.value;
  document.title = chat.config.value?.name ?? t("chat");
});

function paint(): void {
  const dark = alone ? prefersDark.matches : chat.page.value?.theme === "dark";
  html.classList.toggle("dark", dark);
  const accent = accentFor(chat.config.value?.accent ?? null, dark);
  for (const [name, value] of Object.entries(accent)) html.style.setProperty(name, value);
}
effect(paint);
prefersDark.addEventListener("change", paint);

if (alone) {
  lang.value = langOf(navigator.language);
  // The server names the channel of a link that is good.
  if (channel) void chat.begin();
  else chat.phase.value = { state: "refused", code: "link_refused" };
} else {
  say = listenToHost((said) => {
    if (said.t === "draft") chat.begins(said.text);
    else if (said.t === "pair") pair(said.id, said.n);
    else {
      lang.value = langOf(said.lang);
      chat.takePage(said);
    }
  });
  say({ wasl: 1, t: "ready" });
}

const root = document.getElementById("app");
if (root) render(<App chat={chat} uploads={new Uploads(chat)} alone={alone} />, root);
