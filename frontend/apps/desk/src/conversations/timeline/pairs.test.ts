import { beforeAll, expect, test, vi } from "vitest";
import type { readPair as ReadPair } from "./pairs.ts";

const around = {};
const ORIGIN = "https://wasl.example";
const said = { wasl: 1, t: "pair", id: "m1", n: 3 };
let readPair: typeof ReadPair;

beforeAll(async () => {
  vi.stubGlobal("window", { parent: around });
  vi.stubGlobal("location", { search: "" });
  ({ readPair } = await import("./pairs.ts"));
});
const read = (over: object, data: unknown = said) =>
  readPair({ origin: ORIGIN, source: around, data, ...over }, around, ORIGIN);

test("only the page around us, of our own origin, is heard", () => {
  expect(read({})).toEqual({ id: "m1", n: 3 });
  expect(read({ source: {} })).toBeNull();
  expect(read({ origin: "https://evil.example" })).toBeNull();
});

test("only what is understood and bounded is taken", () => {
  for (const bad of [
    null,
    "pair",
    { ...said, wasl: 2 },
    { ...said, t: "page" },
    { ...said, id: "x".repeat(41) },
    { ...said, n: 1.5 },
  ])
    expect(read({}, bad)).toBeNull();
});
