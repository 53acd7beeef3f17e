/** What was, is and would be again: undo and redo of one thing. */
export interface History<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
  /** What was edited last, and when: a run of changes to the same is undone at once. */
  key: string;
  at: number;
}

const MOST = 200;
const RUN_MS = 1_500;

export const begun = <T>(present: T): History<T> => ({
  past: [],
  present,
  future: [],
  key: "",
  at: 0,
});

/** After a change; `key` says to what ("text.fa of hello"), the empty one joins nothing. */
export function changed<T>(history: History<T>, next: T, key: string, now: number): History<T> {
  if (next === history.present) return history;
  const joins = key !== "" && key === history.key && now - history.at < RUN_MS;
  const past = joins ? history.past : [...history.past, history.present].slice(-MOST);
  return { past, present: next, future: [], key, at: now };
}

export function undone<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
    key: "",
    at: 0,
  };
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, key: "", at: 0 };
}
