import { signal } from "@preact/signals";
import { ApiError } from "../net/api";
import { backoffMs } from "../net/connection";
import type { Attachment, PreChat } from "../net/types";
import { uuid } from "../net/uuid";
import * as outbox from "./outbox";

interface Ends {
  /** Under which keys of the storage this person's items stand. */
  prefix: () => string;
  /** Brings one to the server and confirms it; rejects with an `ApiError`. */
  deliver: (item: outbox.Pending) => Promise<void>;
  /** The server no longer knows the visitor. */
  signedOut: () => void;
}

/** The outbox at work: what waits is kept, and sent oldest first, one at a time. */
export class Sending {
  readonly items = signal<outbox.Outbox>([]);
  private pumping = false;
  private failures = 0;
  private again: ReturnType<typeof setTimeout> | undefined;
  private made = 0;

  constructor(
    private readonly store: outbox.Store,
    private readonly ends: Ends,
  ) {}

  load(): void {
    this.items.value = outbox.load(this.store, this.ends.prefix());
  }

  private keep(after: outbox.Outbox): void {
    const before = this.items.value;
    this.items.value = after;
    try {
      outbox.save(this.store, this.ends.prefix(), before, after);
    } catch {
      // Storage is full: what waits is kept as long as this page is.
    }
  }

  add(text: string, attachments: Attachment[], pre_chat: PreChat | undefined): void {
    this.keep(
      outbox.add(this.items.value, {
        client_id: uuid(),
        text,
        attachments,
        created_at: Date.now(),
        order: this.made++,
        ...(pre_chat ? { pre_chat } : {}),
      }),
    );
    void this.pump();
  }

  confirm(clientIds: readonly (string | null)[]): void {
    const left = this.items.value.filter((item) => !clientIds.includes(item.client_id));
    if (left.length < this.items.value.length) this.keep(left);
  }

  retry(clientId: string): void {
    this.keep(outbox.retry(this.items.value, clientId));
    void this.pump();
  }

  retryAll(): void {
    for (const item of outbox.refused(this.items.value)) this.retry(item.client_id);
  }

  discard(clientId: string): void {
    this.keep(outbox.remove(this.items.value, clientId));
  }

  async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    clearTimeout(this.again);
    try {
      for (;;) {
        const item = outbox.next(this.items.value);
        if (!item || !(await this.sent(item))) return;
      }
    } finally {
      this.pumping = false;
    }
  }

  /** False when the others must wait too. */
  private async sent(item: outbox.Pending): Promise<boolean> {
    try {
      await this.ends.deliver(item);
      this.failures = 0;
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) this.ends.signedOut();
      else if (error.retryable)
        this.again = setTimeout(() => void this.pump(), backoffMs(this.failures++, Math.random()));
      else {
        this.keep(outbox.refuse(this.items.value, item.client_id, error.code));
        return true;
      }
      return false;
    }
  }
}
