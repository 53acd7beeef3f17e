import type { Identity, Lang } from "@wasl/widget/src/net/types";

/** A contact of the demo: what the shop's server would know of who is signed in. */
export interface Shopper extends Identity {
  name: string;
  email: string;
  locale: Lang;
}

export interface Demo {
  /** Public key of the shop's web-chat channel. */
  channel: string;
  identities: Shopper[];
  /** Where mail for the shop goes. */
  support_email: string;
  desk_url: string;
  /** The server can clear a contact's conversations and mail: `POST /demo/start-over {who}`. */
  start_over?: boolean;
}

/** What the server wrote into the page. */
export function readDemo(): Demo {
  const written = JSON.parse(document.getElementById("demo")?.textContent ?? "null") as Demo | null;
  if (!written)
    throw new Error("this page is served by the demo, which writes its contacts into it");
  return written;
}

/** The signed identity as the chat takes it. */
export function identityOf({ id, name, email, exp, signature }: Shopper): Identity {
  return { id, name, email, exp, signature };
}
