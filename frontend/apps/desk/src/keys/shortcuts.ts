import type { Command } from "./commands.ts";

/** A key with what must be held. `mod` is ⌘ on Apple devices, Ctrl elsewhere. */
export interface Shortcut {
  command: Command;
  key: string;
  mod?: boolean;
  alt?: boolean;
  /** One key without Alt or Mod: not while typing, and it can be switched off. */
  single?: boolean;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { command: "palette", key: "k", mod: true },
  { command: "next", key: "j", alt: true },
  { command: "previous", key: "k", alt: true },
  { command: "reply", key: "l", alt: true },
  { command: "note", key: "p", alt: true },
  { command: "channel", key: "c", alt: true },
  { command: "resolve", key: "e", alt: true },
  { command: "resolve_next", key: "e", alt: true, mod: true },
  { command: "snooze", key: "m", alt: true },
  { command: "panes", key: "f6" },
  { command: "search", key: "/", single: true },
  { command: "help", key: "?", single: true },
  { command: "accept", key: "a", alt: true },
  { command: "decline", key: "d", alt: true },
];

export interface Press {
  key: string;
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

const PUNCTUATION: Record<string, string> = { Slash: "/" };

/** The Latin key that was meant: by its letter, or by its place on Arabic and Persian keyboards. */
export function keyOf(press: Press): string {
  if (/^([\x20-\x7e]|F\d+|Enter|Escape)$/.test(press.key)) return press.key.toLowerCase();
  const letter = /^(?:Key|Digit)(.)$/.exec(press.code)?.[1];
  return (letter ?? PUNCTUATION[press.code] ?? press.key).toLowerCase();
}

export function shortcutFor(press: Press, apple: boolean): Shortcut | null {
  const mod = apple ? press.metaKey : press.ctrlKey;
  const other = apple ? press.ctrlKey : press.metaKey;
  if (other) return null;
  // The Arabic question mark stands where the Latin one does.
  const key = press.key === "؟" ? "?" : keyOf(press);
  return (
    SHORTCUTS.find(
      (s) => s.key === key && Boolean(s.mod) === mod && Boolean(s.alt) === press.altKey,
    ) ?? null
  );
}

export const isApple = (platform: string) => /mac|iphone|ipad/i.test(platform);

export function keyLabel(shortcut: Shortcut, apple: boolean): string {
  const held = [
    shortcut.mod && (apple ? "⌘" : "Ctrl"),
    shortcut.alt && (apple ? "⌥" : "Alt"),
    shortcut.key.toUpperCase(),
  ].filter(Boolean);
  return held.join(apple ? "" : " ");
}
