import type { CompanyRecord } from "@wasl/api";
import { describe, expect, it } from "vitest";
import { NOTHING_SENT, type Sent, sendParts } from "./sending.ts";

const part = (...keys: string[]): CompanyRecord[] => keys.map((key) => ({ key, values: {} }));
const PARTS = [part("a", "b"), part("c"), part("d", "e", "f")];

/** A server that has a record and fails once at one of the parts. */
function server(failsAt: string | null) {
  const kept = new Set(["c"]);
  let fails = failsAt;
  return {
    kept,
    put: async (rows: CompanyRecord[]) => {
      if (rows.some(({ key }) => key === fails)) {
        fails = null;
        throw new Error("no connection");
      }
      const added = rows.filter(({ key }) => !kept.has(key)).length;
      for (const { key } of rows) kept.add(key);
      return { added, changed: rows.length - added };
    },
  };
}

describe("an import on its way", () => {
  it("says after each part how far it is", async () => {
    const { put } = server(null);
    const said: Sent[] = [];
    for await (const sent of sendParts(PARTS, NOTHING_SENT, put)) said.push(sent);
    expect(said).toEqual([
      { parts: 1, rows: 2, added: 2, changed: 0 },
      { parts: 2, rows: 3, added: 2, changed: 1 },
      { parts: 3, rows: 6, added: 5, changed: 1 },
    ]);
  });

  it("goes on where it failed, and sends nothing twice", async () => {
    const { kept, put } = server("d");
    let far = NOTHING_SENT;
    const run = async () => {
      for await (const sent of sendParts(PARTS, far, put)) far = sent;
    };
    await expect(run()).rejects.toThrow("no connection");
    expect([far.parts, [...kept].sort()]).toEqual([2, ["a", "b", "c"]]);
    await run();
    expect(far).toEqual({ parts: 3, rows: 6, added: 5, changed: 1 });
  });

  it("that is left between two parts sends no more", async () => {
    const { kept, put } = server(null);
    for await (const sent of sendParts(PARTS, NOTHING_SENT, put)) if (sent.parts === 1) break;
    expect([...kept].sort()).toEqual(["a", "b", "c"]);
  });
});
