import { describe, expect, it } from "vitest";
import { backoffMs } from "../src/net/connection";

describe("backoffMs", () => {
  it("doubles to half a minute and stays within its jitter", () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((n) => backoffMs(n, 1))).toEqual([
      1000, 2000, 4000, 8000, 16000, 30000, 30000,
    ]);
    expect(backoffMs(0, 0)).toBe(600);
  });
});
