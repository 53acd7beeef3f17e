import type { FlowDraft } from "@wasl/api";

/** The old version that is live again, and its number since. */
export interface Restored {
  was: number;
  n: number;
}

/** The old version that a flow's live one is again; null where the live one is new. */
export function restoredOf({
  published,
  versions,
}: Pick<FlowDraft<object>, "published" | "versions">): Restored | null {
  const live = versions.find(({ number }) => number === published);
  return live && live.restored !== null ? { was: live.restored, n: live.number } : null;
}

const KEY = "wasl.flows-settled";
const MOST = 50;

const settled = (): string[] => {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(read) ? read.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
};

/** Whether it was decided here, on this device, that the draft may differ from what is live again. */
export const isSettled = (flowId: string, n: number) => settled().includes(`${flowId} ${n}`);

export function settle(flowId: string, n: number): void {
  const all = [`${flowId} ${n}`, ...settled()];
  localStorage.setItem(KEY, JSON.stringify([...new Set(all)].slice(0, MOST)));
}
