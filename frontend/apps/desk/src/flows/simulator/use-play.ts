import type { FlowPlayed } from "@wasl/api";
import { type Language, useLocale } from "@wasl/i18n";
import { useCallback, useMemo, useRef, useState } from "react";
import { api } from "../../ground.ts";
import type { Definition } from "../model/definition.ts";

/** What the contact did and what the flow answered. */
export interface Turn {
  given: "words" | "silence";
  text: string;
  played: FlowPlayed;
}
export interface Setting {
  language: Language;
  /** Null: now. */
  at: string | null;
  contact: { id: string; name: string } | null;
}

/** A play of the draft as it is drawn: each move goes on from the last one's state. */
export function usePlay(key: string, definition: Definition) {
  const { language } = useLocale();
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const [setting, setSetting] = useState<Setting>({ language, at: null, contact: null });
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
  const move = async (given: Turn["given"], text = "") => {
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
          language: setting.language,
          // time goes on from where silence brought it
          now:
            last && (setting.at || last.now > new Date().toISOString())
              ? last.now
              : (setting.at ?? new Date().toISOString()),
          contact_id: setting.contact?.id ?? null,
        },
      });
      if (mine === run.current) setTurns((before) => [...before, { given, text, played }]);
    } catch (failure) {
      if (mine === run.current) setError(failure);
    } finally {
      if (mine === run.current) setBusy(false);
    }
  };
  return {
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
    say: (text: string) => void move("words", text),
    wait: () => void move("silence"),
  };
}
export type Play = ReturnType<typeof usePlay>;
