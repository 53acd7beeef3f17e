import type { Identity } from "@wasl/api";
import { useHasText, useT } from "@wasl/i18n";
import { ChannelBadge, Ltr } from "@wasl/ui";
import { isReadable } from "../names.ts";

/** The badge of the channel that people think of when they see such an address. */
const BADGE: Record<string, string> = { phone: "voice", web_visitor: "web_chat" };
export const badgeOf = (identityKind: string): string => BADGE[identityKind] ?? identityKind;

export function IdentityBadge({ kind, size = 24 }: { kind: string; size?: number }) {
  return <ChannelBadge kind={badgeOf(kind)} size={size} />;
}

type Address = Pick<Identity, "kind" | "value" | "display">;

/** The address, or what kind it is where only a machine reads it. */
export function IdentityValue({ identity, className }: { identity: Address; className?: string }) {
  const kindName = useIdentityKindName();
  const address = identity.display || identity.value;
  return isReadable(address) ? (
    <Ltr className={`bidi-line block truncate ${className ?? ""}`}>{address}</Ltr>
  ) : (
    <span className={`block truncate ${className ?? ""}`}>{kindName(identity.kind)}</span>
  );
}

export function useIdentityKindName(): (kind: string) => string {
  const t = useT();
  const has = useHasText();
  return (kind) => {
    const key = [`contacts.identity.${kind}`, `channel.${kind}`].find(has);
    return key ? t(key) : kind;
  };
}
