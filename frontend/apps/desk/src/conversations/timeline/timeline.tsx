import { useLocation } from "@tanstack/react-router";
import type { Conversation } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { type Passing, useConnection, usePassing } from "@wasl/realtime";
import { Button, Loading, Skeleton } from "@wasl/ui";
import { ArrowDown, History, PenLine } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useMe } from "../../me.ts";
import { type ConversationData, scopeOf, useOutgoing } from "../conversation-data.ts";
import { Bubble, Note } from "./bubble.tsx";
import { OutgoingBubble } from "./delivery.tsx";
import { Activity, Day, Switch } from "./dividers.tsx";
import { type Entry, makeEntries } from "./entries.ts";
import { MailCard } from "./mail-card.tsx";
import { RunSteps } from "./run-steps.tsx";

const NEAR_END = 80;
const TYPING_LASTS_MS = 6_000;

function EntryView({ entry, conversation }: { entry: Entry; conversation: Conversation }) {
  switch (entry.type) {
    case "day":
      return <Day at={entry.at} />;
    case "switch":
      return entry.from ? (
        <Switch
          from={entry.from}
          to={entry.to}
          code={conversation.interaction.code}
          at={entry.at}
        />
      ) : null;
    case "bubble":
      return (
        <Bubble
          message={entry.message}
          conversation={conversation.id}
          first={entry.first}
          last={entry.last}
        />
      );
    case "mail":
      return <MailCard message={entry.message} conversation={conversation.id} />;
    case "note":
      return <Note message={entry.message} />;
    case "activity":
      return <Activity message={entry.message} />;
    case "run":
      return <RunSteps conversation={conversation.id} run={entry.run} name={entry.name} />;
  }
}

/** Everything that happened, over all legs, oldest first. Sticks to the end unless scrolled up. */
export function Timeline({
  conversation,
  data,
}: {
  conversation: Conversation;
  data: ConversationData;
}) {
  const t = useT();
  const format = useFormat();
  const online = useConnection().state === "open";
  const entries = useMemo(() => makeEntries(data.messages), [data.messages]);
  const sent = useMemo(() => new Set(data.messages.map((m) => m.client_id)), [data.messages]);
  const outgoing = useOutgoing(conversation.id).filter((o) => !sent.has(o.body.client_id));
  const scroller = useRef<HTMLDivElement>(null);
  const sought = useLocation({ select: (location) => location.hash });
  const [atEnd, setAtEnd] = useState(!sought);
  const last = data.messages.at(-1)?.seq ?? 0;
  const seenAt = useRef(last);
  const kept = useRef<{ first: number; height: number } | null>(null);
  const first = data.messages[0]?.seq ?? 0;

  const toEnd = useCallback(() => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, []);

  // Stay at the end when something comes; stay at the same message when older ones come above.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the content changes
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    if (kept.current && kept.current.first !== first) {
      box.scrollTop += box.scrollHeight - kept.current.height;
      kept.current = null;
    } else if (atEnd) toEnd();
    if (atEnd) seenAt.current = last;
  }, [entries, outgoing.length]);

  // A note that is linked to is shown once; what is older than the newest messages is not looked for.
  const shown = useRef("");
  useLayoutEffect(() => {
    if (!sought || shown.current === sought || !entries.length) return;
    shown.current = sought;
    const note = document.getElementById(sought);
    note?.scrollIntoView({ block: "center" });
    setAtEnd(!note);
    if (!note) toEnd();
  }, [sought, entries, toEnd]);

  // Pictures and frames grow after they are laid out, and the room around them changes.
  useEffect(() => {
    const box = scroller.current;
    const content = box?.firstElementChild;
    if (!box || !content || !atEnd) return;
    const observer = new ResizeObserver(toEnd);
    observer.observe(content);
    observer.observe(box);
    return () => observer.disconnect();
  }, [atEnd, toEnd]);

  const fresh = data.messages.filter((m) => m.seq > seenAt.current && m.direction === "in").length;
  return (
    <div className="relative flex min-h-0 grow flex-col bg-canvas">
      <div
        ref={scroller}
        role="log"
        aria-label={t("desk.timeline")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        data-pane=""
        className="scroll-thin min-h-0 grow overflow-y-auto px-4 py-3.5 outline-offset-[-2px] md:px-6"
        onScroll={(event) => {
          const box = event.currentTarget;
          setAtEnd(box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END);
        }}
      >
        <div className="mx-auto flex min-h-full w-full max-w-3xl flex-col justify-end gap-2">
          {data.hasOlder && (
            <Button
              kind="ghost"
              icon={History}
              isPending={data.loadingOlder}
              onPress={() => {
                kept.current = { first, height: scroller.current?.scrollHeight ?? 0 };
                data.loadOlder();
              }}
              className="self-center"
            >
              {t("desk.load_older")}
            </Button>
          )}
          {entries.map((entry) => (
            <EntryView key={entry.key} entry={entry} conversation={conversation} />
          ))}
          {outgoing.map((o) => (
            <OutgoingBubble key={o.body.client_id} outgoing={o} late={!online} />
          ))}
          <Typing conversation={conversation} />
        </div>
      </div>
      {!atEnd && (
        <Button
          icon={ArrowDown}
          onPress={toEnd}
          className="absolute bottom-3 self-center rounded-full! shadow-pop"
        >
          {fresh > 0 ? t("desk.new_messages", { n: fresh }) : t("desk.to_end")}
          {fresh > 0 && <span className="sr-only">{format.number(fresh)}</span>}
        </Button>
      )}
    </div>
  );
}

/** Who is writing just now; it fades by itself when the word that it ended is lost. */
function Typing({ conversation }: { conversation: Conversation }) {
  const t = useT();
  const { user } = useMe();
  const [who, setWho] = useState<{ name: string; kind: "contact" | "agent"; at: number } | null>(
    null,
  );
  const scope = scopeOf(conversation.id);
  usePassing(
    useCallback(
      (frame: Passing) => {
        if (frame.t !== "typing" || frame.scope !== scope || frame.who.id === user.id) return;
        setWho(frame.on ? { name: frame.who.name, kind: frame.who.kind, at: Date.now() } : null);
      },
      [scope, user.id],
    ),
  );
  useEffect(() => {
    if (!who) return;
    const timer = setTimeout(() => setWho(null), TYPING_LASTS_MS);
    return () => clearTimeout(timer);
  }, [who]);
  return (
    <p aria-live="polite" className="flex min-h-5 items-center gap-1.5 ps-9 text-xs text-ink-2">
      {who && (
        <>
          <PenLine size={12} aria-hidden="true" />
          {t(who.kind === "contact" ? "desk.contact_typing" : "desk.agent_typing", {
            name: isolate(who.name),
          })}
        </>
      )}
    </p>
  );
}

export function TimelineSkeleton() {
  const t = useT();
  return (
    <div className="min-h-0 grow bg-canvas px-6 py-5">
      <Loading label={t("common.loading")}>
        <div className="mx-auto flex max-w-3xl flex-col gap-3">
          <Skeleton className="h-20 w-full rounded-xl" />
          <Skeleton className="h-9 w-2/5 rounded-2xl" />
          <Skeleton className="h-9 w-1/2 self-end rounded-2xl" />
          <Skeleton className="h-9 w-1/3 rounded-2xl" />
        </div>
      </Loading>
    </div>
  );
}
