import { describe, expect, it } from "vitest";
import { Bidi } from "./bidi.tsx";

describe("text of a person", () => {
  it.each([
    "It comes today.",
    "A-20517 (مصباح أرابيسك) is being prepared and has not been sent yet.",
  ])("stays whole where most of it is Latin: %s", (text) => {
    expect(Bidi({ children: text })).toBe(text);
  });

  it("isolates what is Latin among Arabic letters, whichever comes first", () => {
    for (const text of ["A-20418 کجاست؟", "شمارهٔ ما +98 21 8888 1234 است"]) {
      const parts = Bidi({ children: text });
      expect(parts).toHaveLength(3);
      expect(parts).toContainEqual(expect.objectContaining({ type: "bdi" }));
    }
  });
});
