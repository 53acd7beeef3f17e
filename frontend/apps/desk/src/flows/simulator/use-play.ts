import type { FlowPlayed } from "@wasl/api";
import { type Language, useLocale } from "@wasl/i18n";
import { useCallback, useMemo, useRef, useState } from "react";
import { api } from "../../ground.ts";
import type { Definition } from "../model/definition.ts";
import { triggerOf } from "../model/facts.ts";

/** What came in and what the flow answered. */
export interface Turn {
  given: "words" | "silence" | "event";
  text: string;
  /** What happened. */
  on: string | null;
  played: FlowPlayed;
}
/** Something that happens: an event, and what is known of it and of where it happens. */
export interface Happening {
  on: string;
  facts: Record<string, string | number | boolean>;
  text: string;
}
export interface Setting {
  language: Language;
  /** Null: now. */
  at: string | null;
  contact: { id: string; name: string } | null;
  /** Null: as a chat on a page shows it. */
  channel: { id: string; name: string } | null;
}

/** A play of the draft as it is drawn: each move goes on from the last one's state. */
export function usePlay(key: string, definition: Definition) {
  const { language } = useLocale();
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const [setting, setSetting] = useState<Setting>({
    language,
    at: null,
    contact: null,
    channel: null,
  });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = useRef(0);
  const last = turns.at(-1)?.played ?? null;
  const moves = useMemo(() => turns.map(({ played }) => played), [turns]);

  const restart = useCallback(() => {
    run.current += 1;
    setTurns([]);
    setError(null);
    setBusy(false);
  }, []);
  const move = async (given: Turn["given"], text = "", happens: Happening | null = null) => {
    if (busy) return;
    const mine = run.current;
    setBusy(true);
    setError(null);
    try {
      const played = await api.call("POST /flows/play", {
        body: {
          definition,
          key,
          state: last?.state ?? null,
          given,
          text,
          on: happens?.on ?? null,
          facts: happens?.facts ?? {},
          language: setting.language,
          // time goes on from where silence brought it
          now:
            last && (setting.at || last.now > new Date().toISOString())
              ? last.now
              : (setting.at ?? new Date().toISOString()),
          contact_id: setting.contact?.id ?? null,
          channel_id: setting.channel?.id ?? null,
        },
      });
      if (mine === run.current)
        setTurns((before) => [...before, { given, text, on: happens?.on ?? null, played }]);
    } catch (failure) {
      if (mine === run.current) setError(failure);
    } finally {
      if (mine === run.current) setBusy(false);
    }
  };
  const happen = (happens: Happening) => void move("event", happens.text, happens);
  const trigger = triggerOf(definition);
  /** What a play may go on with that happens by itself: what begins it, or what it waits for. */
  const awaits = last?.state ? last.event : (trigger?.on ?? null);
  return {
    definition,
    /** It has begun: an automation does so with what starts it. */
    begun: Boolean(last?.state),
    /** Whether words of the contact change anything: an automation hears only a rating. */
    hears: !trigger || moves.flatMap(({ trace }) => trace).at(-1)?.kind === "rate",
    awaits,
    happen,
    turns,
    moves,
    last,
    setting,
    set: (some: Partial<Setting>) => {
      setSetting((was) => ({ ...was, ...some }));
      restart();
    },
    busy,
    error,
    restart,
    say: (text: string) =>
      trigger && !last?.state
        ? happen({ on: trigger.on, facts: {}, text })
        : void move("words", text),
    wait: () => void move("silence"),
  };
}
export type Play = ReturnType<typeof usePlay>;
