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
  /** Answers that the contact may tap, and the one being written. */
  answers: string[];
  answer: string;
}

/** What the server takes. */
export const MOST_ANSWERS = 10;
export const MOST_ANSWER_CHARS = 80;

const EMPTY: Draft = {
  text: "",
  note: false,
  channel: null,
  subject: "",
  cc: "",
  bcc: "",
  files: [],
  answers: [],
  answer: "",
};
/** What is left of a draft once it is sent. */
export const SENT = {
  text: "",
  files: [],
  subject: "",
  cc: "",
  bcc: "",
  answers: [],
  answer: "",
} satisfies Partial<Draft>;

const keyOf = (conversation: string) => `wasl.draft.${conversation}`;

function read(conversation: string): Draft {
  try {
    return { ...EMPTY, ...JSON.parse(localStorage.getItem(keyOf(conversation)) ?? "{}") };
  } catch {
    return EMPTY;
  }
}

const isEmpty = (d: Draft) =>
  !(d.text || d.subject || d.cc || d.bcc || d.answer || d.files.length || d.answers.length);

export type ChangeDraft = (change: Partial<Draft> | ((before: Draft) => Partial<Draft>)) => void;

/** The component that uses it is keyed by the conversation. */
export function useDraft(conversation: string): [Draft, ChangeDraft] {
  const [draft, setDraft] = useState(() => read(conversation));
  const change: ChangeDraft = useCallback(
    (part) =>
      setDraft((before) => {
        const next = { ...before, ...(typeof part === "function" ? part(before) : part) };
        if (isEmpty(next) && !next.note) localStorage.removeItem(keyOf(conversation));
        else localStorage.setItem(keyOf(conversation), JSON.stringify(next));
        return next;
      }),
    [conversation],
  );
  return [draft, change];
}

export const addressesOf = (text: string): string[] => text.split(/[\s,;،؛]+/).filter(Boolean);

/** Every answer, the one being written too; none twice. */
export const answersOf = ({ answers, answer }: Draft): string[] => [
  ...new Set([...answers, answer.trim()].filter(Boolean)),
];
