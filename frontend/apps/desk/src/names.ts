import type { Names } from "@wasl/api";
import { useHasText, useLocale, useT } from "@wasl/i18n";
import { useCallback } from "react";

/** A channel kind in words; a kind unknown here keeps the name that its adapter gave it. */
export function useChannelName(): (kind: string) => string {
  const t = useT();
  const has = useHasText();
  return useCallback((kind) => (has(`channel.${kind}`) ? t(`channel.${kind}`) : kind), [t, has]);
}

/** A text that administrators wrote in each language. */
export function useNamed(): (names: Names) => string {
  const { language } = useLocale();
  return useCallback((names) => names[language] || names.en, [language]);
}

/** Whether an address tells a person something: a browser's visitor id does not. */
export const isReadable = (address: string | null | undefined): boolean =>
  Boolean(address) && !/^[0-9a-f]{8}(-[0-9a-f-]{4,})?$/i.test(address ?? "");
