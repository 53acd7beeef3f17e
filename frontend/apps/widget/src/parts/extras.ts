import { signal } from "@preact/signals";

/** Opens a sheet over the chat. */
export type OpenSheet = (name: "EmailSheet" | "CallbackSheet") => void;

/** What few visitors ever open is fetched when it is first wanted, and kept here. */
export const extras = signal<typeof import("../extras") | null>(null);

/** Rejects when it does not arrive; asked again, it is tried again. */
export async function fetchExtras(): Promise<void> {
  extras.value ??= await import("../extras");
}
