import { describe, expect, it } from "vitest";
import kinds from "../../../mock/channel-kinds.json" with { type: "json" };
import {
  faultsOf,
  filled,
  initialOf,
  openNamed,
  pathOf,
  rareOf,
  readSchema,
  type SectionPart,
  setAt,
  tidied,
  withValue,
} from "./schema.ts";

const partsOf = (kind: string) => {
  const found = kinds.find((each) => each.kind === kind);
  if (!found) throw new Error(`no schema of ${kind}`);
  return readSchema(found.schema as Record<string, unknown>);
};
const part = (kind: string, name: string) => partsOf(kind).find((each) => each.name === name);

describe("a form from a schema", () => {
  it("follows references, nullable sections, enums, secrets and bounds", () => {
    const imap = part("email", "imap") as SectionPart;
    expect(imap).toMatchObject({ type: "section", optional: true, initial: null });
    const inside = Object.fromEntries(imap.parts.map((each) => [each.name, each]));
    expect(inside.port).toMatchObject({ type: "number", min: 1, max: 65535, required: true });
    expect(inside.security).toMatchObject({
      type: "select",
      choices: ["tls", "starttls", "none"],
      initial: "tls",
    });
    expect(inside.password).toMatchObject({ type: "secret", lines: false });
    expect(part("web_chat", "pre_chat")).toMatchObject({ type: "list", item: { type: "section" } });
  });

  it("opens the section that a choice names, and no other", () => {
    const parts = partsOf("email");
    const config = openNamed(parts, initialOf(parts));
    expect(config.receive).toBe("imap");
    expect(config.imap).toMatchObject({ security: "tls", user: "" });
    expect(config.smtp).toBeNull();
  });

  it("keeps what is already open", () => {
    const parts = partsOf("email");
    const before = { ...initialOf(parts), imap: { host: "imap.example.com" } };
    expect(openNamed(parts, before).imap).toEqual({ host: "imap.example.com" });
  });

  it("names every fault by its path, and only inside sections that are open", () => {
    const parts = partsOf("email");
    const closed = { ...initialOf(parts), receive: "none" };
    expect([...faultsOf(parts, closed).keys()]).toEqual(["address"]);
    const open = withValue(openNamed(parts, initialOf(parts)), ["imap", "port"], 70_000);
    const faults = faultsOf(parts, open);
    expect(faults.get("imap.port")).toEqual({ code: "too_large", n: 65_535 });
    expect(faults.get("imap.host")?.code).toBe("required");
    expect(faults.has("smtp.host")).toBe(false);
  });

  it("judges patterns", () => {
    const parts = partsOf("api");
    const config = {
      ...initialOf(parts),
      deliver_url: "https://a.example/in",
      secret: "x".repeat(16),
    };
    expect(faultsOf(parts, config).size).toBe(0);
    expect(faultsOf(parts, { ...config, region: "gb" }).get("region")?.code).toBe("pattern");
  });

  it("takes a secret that was set for an answer", () => {
    const parts = partsOf("api");
    const kept = {
      deliver_url: "https://a.example/in",
      secret: { set_at: "2026-01-02T03:04:05Z" },
    };
    const config = filled(parts, kept);
    expect(faultsOf(parts, config).size).toBe(0);
    expect(setAt(config.secret)).toBe("2026-01-02T03:04:05Z");
    expect(setAt("new")).toBeNull();
  });

  it("changes one place and leaves the rest as it was", () => {
    const before = { list: [{ a: 1 }, { a: 2 }], other: { b: 3 } };
    const after = withValue(before, ["list", 1, "a"], 9);
    expect(after).toEqual({ list: [{ a: 1 }, { a: 9 }], other: { b: 3 } });
    expect(before.list[1]).toEqual({ a: 2 });
    expect(after.other).toBe(before.other);
  });

  it("sends lists without blank lines", () => {
    const parts = partsOf("web_chat");
    const config = { ...initialOf(parts), allowed_origins: [" https://a.example ", "", " "] };
    expect(tidied(parts, config).allowed_origins).toEqual(["https://a.example"]);
  });

  it("folds optional lists only behind something that must be filled in", () => {
    expect(rareOf(partsOf("email")).map(({ name }) => name)).toContain("aliases");
    expect(rareOf(partsOf("web_chat"))).toEqual([]);
  });

  it("knows the server's names of places", () => {
    expect(pathOf("config.imap.host")).toBe("imap.host");
    expect(pathOf("body.config.address")).toBe("address");
    expect(pathOf("name")).toBe("name");
  });
});
