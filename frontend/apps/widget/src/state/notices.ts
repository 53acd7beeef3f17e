import type { Store } from "./outbox";

/** A line between messages that is no message: after which `seq`, and what happened. */
export type Notice =
  | { kind: "joined"; after_seq: number; name: string }
  | { kind: "moved"; after_seq: number; email: string };

/** A move to e-mail, kept over reloads. */
export function loadMove(store: Store, key: string): Notice[] {
  try {
    const moved = JSON.parse(store.getItem(key) ?? "null") as Notice | null;
    return moved?.kind === "moved" &&
      Number.isInteger(moved.after_seq) &&
      typeof moved.email === "string"
      ? [moved]
      : [];
  } catch {
    return [];
  }
}

/** One move is told of: the newest. */
export const withMove = (notices: readonly Notice[], moved: Notice): Notice[] => [
  ...notices.filter((notice) => notice.kind !== "moved"),
  moved,
];
