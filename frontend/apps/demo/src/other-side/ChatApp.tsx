import { type FrameSays, type HostAsks, isFrom, type PageState } from "@wasl/widget/src/host";
import { useEffect, useRef } from "preact/hooks";
import { type Demo, identityOf, type Shopper } from "../shared/demo";
import { lang, say } from "../shared/language";
import { words } from "./words";

interface Props {
  demo: Demo;
  who: Shopper;
  shown: boolean;
  onUnread: (count: number) => void;
  /** Words for the contact to begin with. */
  draft: string;
  /** A message has come or gone; the number that it carries for a moment. */
  onMessage: (id: string) => number;
}

function tell(frame: HTMLIFrameElement | null, state: PageState | HostAsks): void {
  frame?.contentWindow?.postMessage(state, location.origin);
}

/** The real chat, filling the phone: this page is its host, as a shop's page would be. */
export function ChatApp({ demo, who, shown, onUnread, draft, onMessage }: Props) {
  const frame = useRef<HTMLIFrameElement>(null);
  const state: PageState = {
    wasl: 1,
    t: "page",
    lang: lang.value,
    theme: "light",
    open: shown,
    fixed: true,
    page: { url: location.origin, title: document.title },
    identity: identityOf(who),
  };
  const latest = useRef(state);
  latest.current = state;

  useEffect(() => {
    const hear = (event: MessageEvent) => {
      if (!isFrom(event, frame.current?.contentWindow ?? null, location.origin)) return;
      const said = event.data as FrameSays;
      if (said.t === "ready") tell(frame.current, latest.current);
      else if (said.t === "unread") onUnread(said.count);
      else if (said.t === "message" && typeof said.id === "string")
        tell(frame.current, { wasl: 1, t: "pair", id: said.id, n: onMessage(said.id) });
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, [onUnread, onMessage]);

  useEffect(() => tell(frame.current, latest.current));
  useEffect(() => {
    if (draft) tell(frame.current, { wasl: 1, t: "draft", text: draft });
  }, [draft]);

  return (
    <iframe
      ref={frame}
      title={say(words.web_chat)}
      src={`/widget/frame/${encodeURIComponent(demo.channel)}#host=${encodeURIComponent(location.origin)}`}
    />
  );
}
