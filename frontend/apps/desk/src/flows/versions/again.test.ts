import type { FlowVersion } from "@wasl/api";
import { beforeEach, expect, test, vi } from "vitest";
import { isSettled, restoredOf, settle } from "./again.ts";

const version = (number: number, restored: number | null = null): FlowVersion => ({
  number,
  published_at: "2026-11-22T10:00:00Z",
  published_by: null,
  published_by_name: "",
  restored,
  runs: 0,
  ended: 0,
  contained: 0,
});

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

test("an old version that is live again is known from what the server tells", () => {
  const versions = [version(3, 1), version(2), version(1)];
  expect(restoredOf({ published: 3, versions })).toEqual({ was: 1, n: 3 });
  expect(restoredOf({ published: 2, versions })).toBeNull();
  expect(restoredOf({ published: null, versions: [] })).toBeNull();
});

test("what was decided is remembered for that version of that flow", () => {
  expect(isSettled("a", 3)).toBe(false);
  settle("a", 3);
  expect(isSettled("a", 3)).toBe(true);
  expect(isSettled("a", 4)).toBe(false);
  expect(isSettled("b", 3)).toBe(false);
});

test("what is kept there and can't be read is nothing", () => {
  localStorage.setItem("wasl.flows-settled", "{");
  expect(isSettled("a", 3)).toBe(false);
  settle("a", 3);
  expect(isSettled("a", 3)).toBe(true);
});
