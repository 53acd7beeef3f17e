import { clsx } from "clsx";
import type { ReactNode } from "react";

/** A number, code, address: one left-to-right run that never breaks in two. */
export function Ltr({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <bdi dir="ltr" className={clsx("whitespace-nowrap", className)}>
      {children}
    </bdi>
  );
}

const LATIN_RUN = /([#+]?[A-Za-z0-9](?:[A-Za-z0-9+#@._/:() –-]*[A-Za-z0-9])?)/g;
const ARABIC = /[\u0590-\u08ff\ufb1d-\ufefc]/g;
const LATIN = /[A-Za-z]/g;
const LONGEST_UNBROKEN = 40;

/** Text of a person: every maximal Latin or digit run inside right-to-left text is isolated. A text
 * in Latin letters with a few others in it is no such text: isolated, its own letters would not
 * count for `dir="auto"`. */
export function Bidi({ children }: { children: string }) {
  const arabic = children.match(ARABIC)?.length ?? 0;
  if (arabic === 0 || (children.match(LATIN)?.length ?? 0) > arabic) return children;
  return children.split(LATIN_RUN).map((part, index) =>
    index % 2 ? (
      <bdi
        key={index}
        dir="ltr"
        className={clsx(part.length < LONGEST_UNBROKEN && "whitespace-nowrap")}
      >
        {part}
      </bdi>
    ) : (
      part
    ),
  );
}
