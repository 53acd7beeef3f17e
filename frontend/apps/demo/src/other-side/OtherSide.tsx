import { signal } from "@preact/signals";
import { number, time } from "@wasl/widget/src/i18n";
import { Avatar } from "@wasl/widget/src/parts/Avatar";
import { Icon } from "@wasl/widget/src/parts/Icon";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Demo, Shopper } from "../shared/demo";
import { LanguageSwitch } from "../shared/LanguageSwitch";
import { say } from "../shared/language";
import { ChatApp } from "./ChatApp";
import { MailApp } from "./MailApp";
import { words } from "./words";

const APPS = ["web_chat", "email"] as const;
type App = (typeof APPS)[number];

const SCENARIOS = ["missing", "damaged", "wholesale"] as const;

const app = signal<App>("web_chat");
const unread = signal<Record<App, number>>({ web_chat: 0, email: 0 });
const setUnread = (which: App, count: number) => {
  if (unread.value[which] !== count) unread.value = { ...unread.value, [which]: count };
};

const setChatUnread = (count: number) => setUnread("web_chat", count);
const setMailUnread = (count: number) => setUnread("email", count);

export function OtherSide({ demo }: { demo: Demo }) {
  const [who, setWho] = useState<Shopper | undefined>(demo.identities[0]);
  const [round, setRound] = useState(0);
  const [scenario, setScenario] = useState<(typeof SCENARIOS)[number] | "">("");
  const desk = useRef<HTMLIFrameElement>(null);
  const pair = usePairing(desk);
  if (!who) return null;

  async function startOver(person: Shopper) {
    if (!confirm(say(words.start_over_ask))) return;
    await fetch("/demo/start-over", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ who: person.id }),
    });
    for (const key of Object.keys(localStorage))
      if (key.startsWith(`wasl.${demo.channel}.id:${person.id}.`)) localStorage.removeItem(key);
    setRound(round + 1);
  }

  return (
    <>
      <header class="bar">
        <svg class="icon accent" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <path d="M8 3 4 7l4 4M4 7h16M16 21l4-4-4-4M20 17H4" />
        </svg>
        <h1>{say(words.title)}</h1>
        <p class="meta grow hint">{say(words.hint)}</p>
        <LanguageSwitch />
        <label class="who">
          <Avatar name={who.name} size={26} />
          <span class="meta">{say(words.you_are)}</span>
          <select
            value={who.id}
            onChange={(event) =>
              setWho(demo.identities.find((one) => one.id === event.currentTarget.value))
            }
          >
            {demo.identities.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <label class="who">
          <span class="meta">{say(words.scenario)}</span>
          <select
            value={scenario}
            onChange={(event) => {
              app.value = "web_chat";
              setScenario(SCENARIOS.find((one) => one === event.currentTarget.value) ?? "");
            }}
          >
            <option value="">{say(words.scenario_none)}</option>
            {SCENARIOS.map((one) => (
              <option key={one} value={one}>
                {say(words[one])}
              </option>
            ))}
          </select>
        </label>
        {demo.start_over && (
          <button type="button" class="button" onClick={() => void startOver(who)}>
            <Icon name="retry" size={18} /> {say(words.start_over)}
          </button>
        )}
      </header>
      <main>
        <AppList />
        <section class="phone" aria-label={say(words.phone)}>
          <StatusBar />
          <div class="screen" key={`${who.id}-${round}`}>
            <div
              id="app-web_chat"
              role="tabpanel"
              aria-label={say(words.web_chat)}
              hidden={app.value !== "web_chat"}
            >
              <ChatApp
                demo={demo}
                who={who}
                shown={app.value === "web_chat"}
                onUnread={setChatUnread}
                draft={scenario && say(words[`${scenario}_text`])}
                onMessage={pair}
              />
            </div>
            <div
              id="app-email"
              role="tabpanel"
              aria-label={say(words.email)}
              hidden={app.value !== "email"}
            >
              <MailApp demo={demo} who={who} onUnread={setMailUnread} />
            </div>
          </div>
          <span class="home-bar" />
        </section>
        <section class="desk">
          <iframe ref={desk} title={say(words.desk)} src={`${demo.desk_url}`} />
        </section>
      </main>
    </>
  );
}

/** Numbers the messages of the phone; the desk beside it is told, so that both carry the same. */
function usePairing(desk: { current: HTMLIFrameElement | null }): (id: string) => number {
  const numbers = useRef(new Map<string, number>());
  return useCallback(
    (id) => {
      const known = numbers.current.get(id);
      if (known) return known;
      const n = numbers.current.size + 1;
      numbers.current.set(id, n);
      desk.current?.contentWindow?.postMessage({ wasl: 1, t: "pair", id, n }, location.origin);
      return n;
    },
    [desk],
  );
}

function AppList() {
  function move(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = APPS[(APPS.indexOf(app.value) + step + APPS.length) % APPS.length] ?? "web_chat";
    app.value = next;
    document.getElementById(`tab-${next}`)?.focus();
  }
  return (
    <div
      class="apps"
      role="tablist"
      aria-orientation="vertical"
      aria-label={say(words.apps)}
      onKeyDown={move}
    >
      {APPS.map((one) => {
        const count = unread.value[one];
        return (
          <button
            type="button"
            role="tab"
            key={one}
            id={`tab-${one}`}
            aria-controls={`app-${one}`}
            aria-selected={app.value === one}
            tabIndex={app.value === one ? 0 : -1}
            onClick={() => (app.value = one)}
          >
            <span class={`tile ${one}`}>
              <Icon name={one === "email" ? "mail" : "globe"} size={22} />
              {count > 0 && (
                <span class="count">
                  {number(count)}
                  <span class="hidden"> {say(words.unread)}</span>
                </span>
              )}
            </span>
            {say(words[one])}
          </button>
        );
      })}
    </div>
  );
}

/** The phone's own line: the time, and that it has power and a network. */
function StatusBar() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(tick);
  }, []);
  return (
    <div class="status-bar">
      <time>{time(now)}</time>
      <span class="island" />
      <svg viewBox="0 0 56 14" width="56" height="14" aria-hidden="true">
        <path d="M1 11v2M5 8v5M9 5v8M13 2v11" stroke="currentColor" stroke-width="2" />
        <path
          d="M20 6a9 9 0 0 1 12 0M22.5 8.8a5.5 5.5 0 0 1 7 0M26 12h.01"
          fill="none"
          stroke="currentColor"
          stroke-width="1.7"
          stroke-linecap="round"
        />
        <rect x="37" y="2" width="15" height="10" rx="3" fill="none" stroke="currentColor" />
        <rect x="39" y="4" width="9" height="6" rx="1.5" fill="currentColor" />
        <path d="M54 5v4" stroke="currentColor" stroke-width="1.5" />
      </svg>
    </div>
  );
}
