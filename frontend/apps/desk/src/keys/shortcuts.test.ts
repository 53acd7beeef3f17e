import { describe, expect, test } from "vitest";
import { keyLabel, type Press, SHORTCUTS, shortcutFor } from "./shortcuts.ts";

const press = (key: string, code: string, more: Partial<Press> = {}): Press => ({
  key,
  code,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more,
});
const command = (p: Press, apple = false) => shortcutFor(p, apple)?.command;

describe("the keys", () => {
  test("work by letter on Latin layouts and by place on Persian and Arabic ones", () => {
    expect(command(press("j", "KeyJ", { altKey: true }))).toBe("next");
    expect(command(press("ت", "KeyJ", { altKey: true }))).toBe("next");
    expect(command(press("∆", "KeyJ", { altKey: true }), true)).toBe("next");
    // On Dvorak the letter J stands elsewhere: the letter counts.
    expect(command(press("j", "KeyC", { altKey: true }))).toBe("next");
  });

  test("tell Mod apart by device", () => {
    expect(command(press("k", "KeyK", { ctrlKey: true }))).toBe("palette");
    expect(command(press("k", "KeyK", { metaKey: true }), true)).toBe("palette");
    expect(command(press("k", "KeyK", { metaKey: true }))).toBeUndefined();
  });

  test("need exactly what they name", () => {
    expect(command(press("e", "KeyE", { altKey: true }))).toBe("resolve");
    expect(command(press("e", "KeyE", { altKey: true, ctrlKey: true }))).toBe("resolve_next");
    expect(command(press("e", "KeyE"))).toBeUndefined();
  });

  test("know the Arabic question mark", () => {
    expect(command(press("؟", "Slash"))).toBe("help");
  });

  test("are all different", () => {
    const labels = SHORTCUTS.map((s) => keyLabel(s, false));
    expect(new Set(labels).size).toBe(labels.length);
  });
});
