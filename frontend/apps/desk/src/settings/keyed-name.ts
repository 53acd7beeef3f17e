import type { Names } from "@wasl/api";
import { useLocale } from "@wasl/i18n";
import { useCallback } from "react";

/** What has a key and names in some languages, in the reader's or any other one. */
export function useKeyedName(): (one: { key: string; names: Partial<Names> }) => string {
  const { language } = useLocale();
  return useCallback(
    ({ key, names }) =>
      names[language]?.trim() || Object.values(names).find((each) => each?.trim()) || key,
    [language],
  );
}
