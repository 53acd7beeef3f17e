import type { Names } from "@wasl/api";
import { isolate, useFormat, useLocale } from "@wasl/i18n";
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

/** Several of them in one line. */
export function useKeyedList(): (
  several: readonly { key: string; names: Partial<Names> }[],
) => string {
  const format = useFormat();
  const named = useKeyedName();
  return (several) => format.list(several.map((one) => isolate(named(one))));
}
