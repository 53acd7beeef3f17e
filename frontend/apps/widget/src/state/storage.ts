import type { Store } from "./outbox";

/** The browser's storage for this frame, or memory where the browser refuses it. */
export function openStore(): Store {
  try {
    localStorage.setItem("wasl.test", "1");
    localStorage.removeItem("wasl.test");
    return localStorage;
  } catch {
    const kept = new Map<string, string>();
    return {
      get length() {
        return kept.size;
      },
      key: (index) => [...kept.keys()][index] ?? null,
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
}
