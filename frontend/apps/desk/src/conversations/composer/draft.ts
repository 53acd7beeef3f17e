import type { Attachment } from "@wasl/api";
import { useCallback, useState } from "react";

/** What is being written, kept on this device per conversation until it is sent. */
export interface Draft {
  text: string;
  note: boolean;
  /** The channel chosen by hand; null follows the suggestion. */
  channel: string | null;
  subject: string;
  cc: string;
  bcc: string;
  files: Pick<Attachment, "id" | "name" | "size">[];
}

const EMPTY: Draft = {
  text: "",
  note: false,
  channel: null,
  subject: "",
  cc: "",
  bcc: "",
  files: [],
};
const keyOf = (conversation: string) => `wasl.draft.${conversation}`;

function read(conversation: string): Draft {
  try {
    return { ...EMPTY, ...JSON.parse(localStorage.getItem(keyOf(conversation)) ?? "{}") };
  } catch {
    return EMPTY;
  }
}

const isEmpty = (d: Draft) => !d.text && !d.subject && !d.cc && !d.bcc && !d.files.length;

/** The component that uses it is keyed by the conversation. */
export function useDraft(conversation: string): [Draft, (change: Partial<Draft>) => void] {
  const [draft, setDraft] = useState(() => read(conversation));
  const change = useCallback(
    (part: Partial<Draft>) =>
      setDraft((before) => {
        const next = { ...before, ...part };
        if (isEmpty(next) && !next.note) localStorage.removeItem(keyOf(conversation));
        else localStorage.setItem(keyOf(conversation), JSON.stringify(next));
        return next;
      }),
    [conversation],
  );
  return [draft, change];
}

export const addressesOf = (text: string): string[] => text.split(/[\s,;،؛]+/).filter(Boolean);
