import { signal } from "@preact/signals";

const SAID_EVERY_MS = 3_000;
const SHOWN_MS = 8_000;

/** Who writes: of us, shown while it goes on, and the visitor, said now and then. */
export class Typing {
  /** Who of us is typing, or null. */
  readonly by = signal<string | null>(null);
  private ends: ReturnType<typeof setTimeout> | undefined;
  private saidAt = 0;

  constructor(private readonly tell: (on: boolean) => void) {}

  hear(name: string | null): void {
    clearTimeout(this.ends);
    this.by.value = name;
    if (name !== null) this.ends = setTimeout(() => this.hear(null), SHOWN_MS);
  }

  say(on: boolean): void {
    const now = Date.now();
    if (on ? now - this.saidAt < SAID_EVERY_MS : !this.saidAt) return;
    this.saidAt = on ? now : 0;
    this.tell(on);
  }
}
