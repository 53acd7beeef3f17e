import { useQuery } from "@tanstack/react-query";
import type { CannedResponse } from "@wasl/api";
import { isolate, type Language, useLocale, useT } from "@wasl/i18n";
import { clsx } from "clsx";
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

interface Props {
  id: string;
  query: string;
  found: CannedResponse[];
  active: number;
  locale: string | null;
  onChoose: (response: CannedResponse) => void;
}

export function CannedList({ id, query, found, active, locale, onChoose }: Props) {
  const t = useT();
  const { language } = useLocale();
  return (
    <div className="absolute inset-x-0 bottom-full z-10 mb-2 animate-rise rounded-xl border border-line bg-surface p-1.5 shadow-pop">
      {found.length ? (
        <div id={id} role="listbox" aria-label={t("desk.canned")}>
          {found.map((response, index) => (
            <div
              key={response.id}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              // The caret stays in the text.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onChoose(response)}
              onKeyDown={() => undefined}
              className={clsx("rounded-lg px-2 py-1.5", index === active && "bg-accent-soft")}
            >
              <p className="flex items-baseline gap-2 text-sm font-medium">
                <span dir="auto">{response.title}</span>
                <bdi dir="ltr" className="text-xs font-normal text-ink-2">
                  /{response.short}
                </bdi>
              </p>
              <p dir="auto" className="bidi-line truncate text-xs text-ink-2">
                {textOf(response, locale, language)}
              </p>
            </div>
          ))}
        </div>
      ) : (
        <p className="px-2 py-1 text-[13px] text-ink-2">
          {t("desk.canned_none", { q: isolate(query) })}
        </p>
      )}
    </div>
  );
}
