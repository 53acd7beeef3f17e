import { ApiError, type Message, type SendMessage } from "@wasl/api";

/** One reply on its way. It stays here until the server has taken it, even over a reload. */
export interface Outgoing {
  conversation_id: string;
  body: SendMessage;
  attachments: { id: string; name: string }[];
  created_at: string;
  /** waiting: not asked yet, or no answer came. refused: the server said no. */
  state: "waiting" | "sending" | "refused";
  error: { code: string; params: ApiError["params"] } | null;
}

export interface OutboxGround {
  send(conversation: string, body: SendMessage): Promise<Message>;
  load(): string | null;
  save(text: string): void;
  /** The server has it. */
  taken(message: Message, conversation: string): void;
}

/**
 * Keeps the order within a conversation: the next one leaves when the one before it is taken. A
 * lost answer repeats with the same `client_id`, which the server knows again, so nothing is sent
 * twice.
 */
export class Outbox {
  private readonly ground: OutboxGround;
  private readonly listeners = new Set<() => void>();
  private list: readonly Outgoing[];

  constructor(ground: OutboxGround) {
    this.ground = ground;
    this.list = readList(ground.load());
  }

  get outgoing(): readonly Outgoing[] {
    return this.list;
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  add(entry: Omit<Outgoing, "state" | "error">) {
    this.change([...this.list, { ...entry, state: "waiting", error: null }]);
    void this.flush();
  }

  discard(clientId: string) {
    this.change(this.list.filter((o) => o.body.client_id !== clientId));
    void this.flush();
  }

  retry(clientId: string) {
    this.update(clientId, { state: "waiting", error: null });
    void this.flush();
  }

  /** Sends what can be sent: the first one of each conversation. */
  async flush(): Promise<void> {
    const seen = new Set<string>();
    const ready = this.list.filter((o) => {
      const first = !seen.has(o.conversation_id);
      seen.add(o.conversation_id);
      return first && o.state === "waiting";
    });
    await Promise.all(ready.map((o) => this.sendOne(o)));
  }

  private async sendOne({ conversation_id, body }: Outgoing) {
    this.update(body.client_id, { state: "sending" });
    try {
      const message = await this.ground.send(conversation_id, body);
      this.change(this.list.filter((o) => o.body.client_id !== body.client_id));
      this.ground.taken(message, conversation_id);
      await this.flush();
    } catch (error) {
      const known = error instanceof ApiError ? error : null;
      if (known?.retryable) this.update(body.client_id, { state: "waiting" });
      else
        this.update(body.client_id, {
          state: "refused",
          error: { code: known?.code ?? "unexpected", params: known?.params ?? {} },
        });
    }
  }

  private update(clientId: string, change: Partial<Outgoing>) {
    this.change(this.list.map((o) => (o.body.client_id === clientId ? { ...o, ...change } : o)));
  }

  private change(list: readonly Outgoing[]) {
    this.list = list;
    this.ground.save(JSON.stringify(list));
    for (const listener of this.listeners) listener();
  }
}

/** Whatever was being sent when the page went away is asked again. */
function readList(text: string | null): Outgoing[] {
  try {
    const list = JSON.parse(text ?? "[]") as Outgoing[];
    return list.map((o) => (o.state === "sending" ? { ...o, state: "waiting" } : o));
  } catch {
    return [];
  }
}
