import { signal } from "@preact/signals";

const SHOWN_MS = 4_000;

/** Messages that carry a number for a moment, as their twin in the desk does. */
export const pairs = signal<Readonly<Record<string, number>>>({});

export function pair(id: string, n: number): void {
  pairs.value = { ...pairs.value, [id]: n };
  setTimeout(() => {
    const { [id]: _over, ...left } = pairs.value;
    pairs.value = left;
  }, SHOWN_MS);
}
