import { useHasText, useT } from "@wasl/i18n";

/** A kind's name in the reader's language, or the kind itself where there is none yet. */
export function useKindName(): (kind: string) => string {
  const t = useT();
  const has = useHasText();
  return (kind) => (has(`channel.${kind}`) ? t(`channel.${kind}`) : kind);
}
