import { describe, expect, it } from "vitest";
import { hostOrigin, isFrom, readAsked, readPageState } from "../src/host";

describe("messages between the page and the frame", () => {
  const source = {};
  const heard = (over: object) => ({
    origin: "https://shop.example",
    source,
    data: { wasl: 1 },
    ...over,
  });
  const accepted = (over: object) => isFrom(heard(over), source, "https://shop.example");

  it("accepts only the right window on the right origin, in our protocol", () => {
    expect(accepted({})).toBe(true);
    expect(accepted({ origin: "https://evil.example" })).toBe(false);
    expect(accepted({ source: {} })).toBe(false);
    expect(accepted({ data: { wasl: 2 } })).toBe(false);
    expect(accepted({ data: "wasl" })).toBe(false);
    expect(accepted({ data: null })).toBe(false);
  });

  it("accepts nothing before there is a window or an origin", () => {
    expect(isFrom(heard({ source: null }), null, "https://shop.example")).toBe(false);
    expect(isFrom(heard({ origin: "" }), source, "")).toBe(false);
  });

  it("reads the host’s origin from the address and nothing else", () => {
    expect(hostOrigin("#host=https%3A%2F%2Fshop.example")).toBe("https://shop.example");
    for (const bad of ["", "#host=*", "#host=javascript:alert(1)", "#host=https://a.example/path"])
      expect(hostOrigin(bad)).toBe("");
  });

  it("bounds what the page says", () => {
    const said = readPageState({
      t: "page",
      lang: "x".repeat(50),
      theme: "blue",
      open: "yes",
      page: { url: "u".repeat(3000), title: "t".repeat(300) },
      identity: { id: "u1", exp: "soon", signature: "s" },
    });
    expect(said).toEqual({
      wasl: 1,
      t: "page",
      lang: "",
      theme: "light",
      open: false,
      fixed: false,
      page: { url: "", title: "t".repeat(200) },
      identity: null,
    });
    expect(readPageState({ t: "other" })).toBeNull();
  });

  it("takes a signed identity without what does not belong to it", () => {
    const identity = { id: "u1", email: "sara@example.com", exp: 1, signature: "ab", admin: true };
    expect(readPageState({ t: "page", identity })?.identity).toEqual({
      id: "u1",
      email: "sara@example.com",
      exp: 1,
      signature: "ab",
    });
  });

  it("takes what the page asks for, bounded", () => {
    expect(readAsked({ t: "draft", text: "Hello" })).toEqual({
      wasl: 1,
      t: "draft",
      text: "Hello",
    });
    expect(readAsked({ t: "pair", id: "m1", n: 2 })).toEqual({
      wasl: 1,
      t: "pair",
      id: "m1",
      n: 2,
    });
    for (const bad of [
      { t: "draft", text: "x".repeat(2001) },
      { t: "draft", text: 7 },
      { t: "pair", id: "m1", n: "2" },
      { t: "pair", id: "x".repeat(41), n: 2 },
      { t: "page" },
    ])
      expect(readAsked(bad)).toBeNull();
  });
});
