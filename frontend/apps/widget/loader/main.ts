/**
 * The script that a shop's page carries. It draws the launcher in a closed shadow root, makes the
 * frame when it is first needed, and tells it about the page: language, theme, who is signed in.
 */
import { type FrameSays, isFrom, type PageState } from "../src/host";
import type { Identity } from "../src/net/types";
import styles from "./loader.css?inline";

const WORDS = {
  en: { open: "Open chat", close: "Close chat", unread: "unread", title: "Chat" },
  fa: { open: "باز کردن گفتگو", close: "بستن گفتگو", unread: "خوانده‌نشده", title: "گفتگو" },
  ar: { open: "فتح المحادثة", close: "إغلاق المحادثة", unread: "غير مقروءة", title: "المحادثة" },
};
const DIGITS = { en: "en", fa: "fa", ar: "ar-u-nu-latn" };

/** What the page may call, as `window.wasl`; `wasl:ready` is fired on the window once it is there. */
interface WaslOnPage {
  open(): void;
  close(): void;
  /** Says who is signed in; null when nobody is any more. */
  identify(identity: Identity | null): void;
}

declare global {
  interface Window {
    wasl?: WaslOnPage;
  }
}

const RETURNING = "wasl:returning";
const GREETED = "wasl:greeted";
const GREETS_AFTER_MS = 3_000;

function start(script: HTMLScriptElement, channel: string): void {
  const server = new URL(script.src).origin;
  const page = document.documentElement;
  let opened = false;
  let unread = 0;
  let identity: Identity | null = null;
  let frame: HTMLIFrameElement | undefined;

  const make = <K extends keyof HTMLElementTagNameMap>(tag: K, className: string) => {
    const element = document.createElement(tag);
    element.className = className;
    return element;
  };
  const icon = (className: string, path: string) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", className);
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };

  const host = make("div", "");
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];
  const panel = make("div", "panel");
  const hello = make("div", "panel hello");
  const launcher = make("button", "launcher");
  const badge = make("span", "badge");
  launcher.type = "button";
  launcher.append(
    icon("chat", "M7.9 20A9 9 0 1 0 4 16.1L2 22Z"),
    icon("down", "m6 9 6 6 6-6"),
    badge,
  );
  root.append(panel, launcher);

  const wanted = () =>
    (script.dataset.lang || page.lang || "en").toLowerCase().split("-")[0] ?? "en";
  const lang = () => (wanted() in WORDS ? (wanted() as keyof typeof WORDS) : "en");
  const theme = () => {
    const scheme = getComputedStyle(page).colorScheme;
    const dark = /dark/.test(scheme);
    const light = /light/.test(scheme);
    return dark && (!light || matchMedia("(prefers-color-scheme: dark)").matches)
      ? "dark"
      : "light";
  };

  function tell(): void {
    const state: PageState = {
      wasl: 1,
      t: "page",
      lang: lang(),
      theme: theme(),
      open: opened,
      page: {
        // Without its query: that may hold what is nobody else’s business.
        url: (location.origin + location.pathname).slice(0, 2000),
        title: document.title.slice(0, 200),
      },
      identity,
    };
    frame?.contentWindow?.postMessage(state, server);
  }

  function show(): void {
    const words = WORDS[lang()];
    const count = unread.toLocaleString(DIGITS[lang()]);
    host.lang = lang();
    host.toggleAttribute("data-dark", theme() === "dark");
    panel.hidden = !opened;
    launcher.classList.toggle("opened", opened);
    launcher.setAttribute("aria-expanded", String(opened));
    launcher.setAttribute(
      "aria-label",
      opened ? words.close : words.open + (unread ? ` (${words.unread}: ${count})` : ""),
    );
    badge.hidden = opened || !unread;
    badge.textContent = count;
    if (frame) frame.title = words.title;
    tell();
  }

  /** A word of welcome beside the launcher, once per visit; it can be closed and takes no focus. */
  async function greet(): Promise<void> {
    try {
      if (sessionStorage.getItem(GREETED)) return;
      const answer = await fetch(`${server}/client/v1/${channel}/config`);
      const text = (await answer.json()).greeting[lang()];
      if (!text || opened) return;
      sessionStorage.setItem(GREETED, "1");
      const words = make("button", "");
      const away = make("button", "");
      words.textContent = text;
      words.onclick = () => turn(true);
      away.textContent = "×";
      away.ariaLabel = WORDS[lang()].close;
      away.onclick = () => hello.remove();
      hello.append(words, away);
      root.append(hello);
    } catch {
      // Nothing is lost: the launcher says that one can write.
    }
  }

  function load(): void {
    if (frame) return;
    frame = make("iframe", "");
    frame.allow = "microphone; camera; clipboard-write";
    frame.src = `${server}/widget/frame/${encodeURIComponent(channel)}#host=${encodeURIComponent(location.origin)}`;
    panel.append(frame);
  }

  const narrow = matchMedia("(max-width: 479px)");
  let overflow = "";

  function turn(open: boolean): void {
    if (open === opened) return;
    opened = open;
    hello.remove();
    if (open) {
      load();
      remember();
    }
    // The full-screen panel is the page: what is behind it stays where it is.
    if (narrow.matches && open) {
      overflow = page.style.overflow;
      page.style.overflow = "hidden";
    } else if (!open) page.style.overflow = overflow;
    show();
    if (open) frame?.focus();
    else launcher.focus();
  }

  function remember(): void {
    try {
      localStorage.setItem(RETURNING, "1");
    } catch {
      // A page without storage: the frame is made when it is opened.
    }
  }

  function returning(): boolean {
    try {
      return localStorage.getItem(RETURNING) === "1";
    } catch {
      return false;
    }
  }

  addEventListener("message", (event) => {
    if (!isFrom(event, frame?.contentWindow ?? null, server)) return;
    const said = event.data as FrameSays;
    if (said.t === "ready") tell();
    else if (said.t === "close") turn(false);
    else if (said.t === "unread" && Number.isInteger(said.count)) {
      unread = said.count;
      show();
    }
  });
  launcher.addEventListener("click", () => turn(!opened));
  const watch = new MutationObserver(show);
  watch.observe(page, { attributeFilter: ["lang", "dir", "class", "style", "data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);

  try {
    identity = JSON.parse(script.dataset.identity || "null") as Identity | null;
  } catch {
    console.error("wasl: bad data-identity");
  }
  window.wasl = {
    open: () => turn(true),
    close: () => turn(false),
    identify(who) {
      identity = who;
      // Someone may have an answer waiting: the frame finds out.
      if (who) load();
      tell();
    },
  };

  const begin = () => {
    document.body.append(host);
    show();
    dispatchEvent(new CustomEvent("wasl:ready"));
    setTimeout(greet, GREETS_AFTER_MS);
    if (returning() || identity) (window.requestIdleCallback ?? setTimeout)(load);
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
}

const script = document.currentScript as HTMLScriptElement | null;
const channel = script?.dataset.channel;
if (script && channel && !window.wasl) start(script, channel);
else if (!channel) console.error("wasl: no data-channel");
