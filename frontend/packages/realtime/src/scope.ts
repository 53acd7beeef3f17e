/**
 * What is known of one scope, and how a frame from the server changes it. Pure.
 *
 * A put older than what is known, or than the item's removal, is ignored; so frames may come twice
 * or out of order. A snapshot replaces everything.
 */
export interface Item<T = unknown> {
  kind: string;
  id: string;
  v: number;
  data: T;
}
export interface ScopeState {
  /** Where to go on after a lost connection; null before the first frame. */
  cursor: string | null;
  /** True once a snapshot or a resumed frame has arrived. */
  ready: boolean;
  items: ReadonlyMap<string, Item>;
  /** Versions at which items were removed. */
  removed: ReadonlyMap<string, number>;
  error: string | null;
}
export type ScopeFrame =
  | { t: "snapshot"; scope: string; cursor: string; items: Item[] }
  | ({ t: "put"; scope: string; cursor: string } & Item)
  | { t: "drop"; scope: string; cursor: string; kind: string; id: string; v: number }
  | { t: "error"; scope: string; code: string };

export const EMPTY_SCOPE: ScopeState = {
  cursor: null,
  ready: false,
  items: new Map(),
  removed: new Map(),
  error: null,
};

const keyOf = (kind: string, id: string) => `${kind}:${id}`;

export function applyFrame(state: ScopeState, frame: ScopeFrame): ScopeState {
  switch (frame.t) {
    case "snapshot":
      return {
        cursor: frame.cursor,
        ready: true,
        items: new Map(frame.items.map((item) => [keyOf(item.kind, item.id), item])),
        removed: new Map(),
        error: null,
      };
    case "put":
      return { ...putItem(state, frame), cursor: frame.cursor ?? state.cursor };
    case "drop": {
      const key = keyOf(frame.kind, frame.id);
      const known = state.items.get(key);
      if (known && frame.v < known.v) return { ...state, cursor: frame.cursor };
      const items = new Map(state.items);
      items.delete(key);
      const removed = new Map(state.removed).set(key, frame.v);
      return { ...state, cursor: frame.cursor, items, removed };
    }
    case "error":
      return { ...state, error: frame.code };
  }
}

/** An item learnt otherwise (the answer to our own request), under the same rule. */
export function putItem(state: ScopeState, item: Item): ScopeState {
  const key = keyOf(item.kind, item.id);
  const known = state.items.get(key);
  if (known && item.v < known.v) return state;
  if (item.v < (state.removed.get(key) ?? Number.NEGATIVE_INFINITY)) return state;
  const { kind, id, v, data } = item;
  return { ...state, items: new Map(state.items).set(key, { kind, id, v, data }) };
}

export function itemsOf<T>(state: ScopeState, kind: string): T[] {
  const found: T[] = [];
  for (const item of state.items.values()) if (item.kind === kind) found.push(item.data as T);
  return found;
}
