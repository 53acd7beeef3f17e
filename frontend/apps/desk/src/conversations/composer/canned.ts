import { useQuery } from "@tanstack/react-query";
import type { CannedResponse } from "@wasl/api";
import type { Language } from "@wasl/i18n";
import { useMemo } from "react";
import { api } from "../../ground.ts";

const TRIGGER = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u;

/** What stands after a `/` before the caret; null when nothing is being looked for. */
export function cannedQuery(text: string, caret: number): string | null {
  return TRIGGER.exec(text.slice(0, caret))?.[1] ?? null;
}

/** The text with the `/word` before the caret replaced, and where the caret goes then. */
export function insertCanned(text: string, caret: number, insert: string): [string, number] {
  const query = cannedQuery(text, caret);
  const start = query === null ? caret : caret - query.length - 1;
  return [text.slice(0, start) + insert + text.slice(caret), start + insert.length];
}

/** In the contact's language where we have it. */
export const textOf = (
  response: CannedResponse,
  contact: string | null,
  mine: Language,
): string => {
  const own = contact && contact in response.text ? response.text[contact as Language] : "";
  return own || response.text[mine] || response.text.en;
};

/** Puts the names in the place of `{{agent}}` and `{{contact}}`. */
export const fillIn = (text: string, names: Record<string, string>): string =>
  text.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name) => names[name] ?? whole);

export function useCanned(query: string | null): CannedResponse[] {
  const { data } = useQuery({
    queryKey: ["canned-responses"],
    queryFn: () => api.call("GET /canned-responses"),
    enabled: query !== null,
    staleTime: 60_000,
  });
  return useMemo(() => {
    const wanted = (query ?? "").toLocaleLowerCase();
    return (data ?? [])
      .filter((c) => `${c.short} ${c.title}`.toLocaleLowerCase().includes(wanted))
      .slice(0, 8);
  }, [data, query]);
}
