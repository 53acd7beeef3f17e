import { batch, computed, effect, signal } from "@preact/signals";
import type { FrameSays, PageState } from "../host";
import { lang } from "../i18n";
import { type Api, ApiError } from "../net/api";
import { Connection, type Link } from "../net/connection";
import type {
  Attachment,
  Config,
  Conversation,
  Identity,
  PreChat,
  ServerFrame,
} from "../net/types";
import { loadMove, type Notice, withMove } from "./notices";
import type { Pending, Store } from "./outbox";
import { Sending } from "./sending";
import * as timeline from "./timeline";
import { Typing } from "./typing";

export type View = "home" | "pre_chat" | "chat" | "offline";

export type Phase =
  | { state: "loading" | "ready" | "failed" }
  /** Not this visitor: `code` says why, and trying again would not help. */
  | { state: "refused"; code: string };

const CONFIG_FRESH_MS = 60_000;

/** One visitor's chat with one channel: what is known, and the verbs that change it. */
export class Chat {
  readonly phase = signal<Phase>({ state: "loading" });
  readonly view = signal<View>("home");
  readonly config = signal<Config | null>(null);
  readonly contact = signal<{ name: string | null; email: string | null } | null>(null);
  readonly link = signal<Link>({ state: "connecting" });
  readonly timeline = signal<timeline.Timeline>(timeline.EMPTY);
  readonly sending: Sending;
  readonly notices = signal<readonly Notice[]>([]);
  readonly typing = new Typing((on) => this.connection.send({ t: "typing", on }));
  readonly page = signal<PageState | null>(null);
  readonly loadingOlder = signal(false);
  /** What is being written. */
  readonly draft = signal("");
  /** The visitor is known to the server, so that there can be a timeline. */
  readonly entered = signal(false);

  readonly conversation = computed(() => this.timeline.value.conversation);
  readonly unread = computed(() => timeline.unread(this.timeline.value));
  readonly resolved = computed(() => this.conversation.value?.status === "resolved");
  readonly waiting = computed(() => {
    const { value } = this.conversation;
    return !!value && value.status !== "resolved" && !value.agent && value.state !== "created";
  });

  private readonly shown = signal(document.visibilityState === "visible");
  private readonly connection: Connection;
  private preChat: PreChat | null = null;
  private firstText = "";
  private identity: Identity | null = null;
  private entering: Promise<void> | null = null;
  /** Grows when another person takes the page over: answers for an earlier one are dropped. */
  private person = 0;
  private wasLost = false;
  private configAt = 0;

  constructor(
    readonly api: Api,
    private readonly store: Store,
    private readonly invitation: string | null,
    private readonly say: (message: FrameSays) => void,
  ) {
    this.sending = new Sending(store, {
      prefix: () => `${this.prefix}out.`,
      deliver: (item) => this.deliver(item),
      signedOut: () => this.giveUpToken(),
    });
    this.connection = new Connection({
      url: () => `${location.origin.replace(/^http/, "ws")}${api.base}/socket`,
      hello: () => ({ token: api.token, last_seq: timeline.lastSeq(this.timeline.value) }),
      on: (frame) => this.hear(frame),
      link: (link) => {
        this.link.value = link;
        if (link.state === "online") void this.sending.pump();
        else this.typing.hear(null);
        this.wasLost ||= link.state === "lost";
      },
    });
    document.addEventListener("visibilitychange", () => {
      this.shown.value = document.visibilityState === "visible";
    });
    effect(() => this.say({ wasl: 1, t: "unread", count: this.unread.value }));
    effect(() => {
      const { conversation } = this.timeline.value;
      if (this.reading.value && conversation && this.unread.value > 0) this.markRead();
    });
  }

  /** The thread is before the visitor's eyes. */
  readonly reading = computed(
    () => this.shown.value && this.view.value === "chat" && (this.page.value?.open ?? true),
  );

  private get prefix(): string {
    const who = this.identity
      ? `id:${this.identity.id}`
      : this.invitation
        ? `link:${this.invitation}`
        : "visitor";
    return `wasl.${this.api.channel}.${who}.`;
  }

  /** Takes the state of the page around: its language, and who is signed in there. */
  takePage(page: PageState): void {
    const before = this.page.value;
    batch(() => {
      this.page.value = page;
      if (page.open && !before?.open) void this.refreshConfig();
    });
    if (!before || (page.identity?.id ?? null) !== (this.identity?.id ?? null))
      void this.begin(page.identity);
    else this.identity = page.identity;
  }

  /** Begins for this person, or for an unknown visitor. */
  async begin(identity: Identity | null = null): Promise<void> {
    const person = ++this.person;
    this.connection.close();
    batch(() => {
      this.identity = identity;
      this.entering = null;
      this.api.token = "";
      this.entered.value = false;
      this.contact.value = null;
      this.timeline.value = timeline.EMPTY;
      this.notices.value = loadMove(this.store, `${this.prefix}moved`);
      this.sending.load();
      this.typing.hear(null);
      this.draft.value = "";
      this.phase.value = { state: "loading" };
      this.view.value = this.invitation ? "chat" : "home";
    });
    try {
      await this.refreshConfig();
      const known = this.store.getItem(`${this.prefix}token`);
      if (known || identity || this.invitation || this.sending.items.value.length) {
        await this.enter();
      }
      if (person !== this.person) return;
      this.phase.value = { state: "ready" };
    } catch (error) {
      if (person !== this.person) return;
      const refused = error instanceof ApiError && !error.retryable;
      this.phase.value = refused ? { state: "refused", code: error.code } : { state: "failed" };
    }
  }

  private async refreshConfig(): Promise<void> {
    if (Date.now() - this.configAt < CONFIG_FRESH_MS) return;
    this.configAt = Date.now();
    try {
      this.config.value = await this.api.config(lang.peek());
    } catch (error) {
      this.configAt = 0;
      if (!this.config.value) throw error;
    }
  }

  /**
   * Makes the visitor known to the server. An unknown visitor is made known only when they write,
   * so that a page that is merely looked at leaves nothing behind.
   */
  private enter(): Promise<void> {
    this.entering ??= this.doEnter().catch((error: unknown) => {
      this.entering = null;
      throw error;
    });
    return this.entering;
  }

  private async doEnter(): Promise<void> {
    const { person, identity, prefix, invitation } = this;
    // With a signed identity goes the token of the unknown visitor who has just signed in.
    const kept = this.store.getItem(
      identity ? `wasl.${this.api.channel}.visitor.token` : `${prefix}token`,
    );
    const ask = (token: string | null) =>
      this.api.visitor({
        locale: lang.peek(),
        ...(token ? { token } : {}),
        ...(identity ? { identity } : {}),
        ...(invitation && !token ? { link: invitation } : {}),
      });
    const visitor = await ask(kept).catch((error: unknown) => {
      const stale = error instanceof ApiError && error.status === 401 && kept && !identity;
      if (stale) return ask(null);
      throw error;
    });
    if (person !== this.person) return;
    this.store.setItem(`${prefix}token`, visitor.token);
    this.api.token = visitor.token;
    const page = await this.api.timeline();
    if (person !== this.person) return;
    batch(() => {
      this.contact.value = visitor.contact;
      this.timeline.value = timeline.takeSnapshot(this.timeline.value, page);
      this.entered.value = true;
      if (this.unread.value) this.view.value = "chat";
    });
    // Of somebody unknown who has said nothing yet there is nothing to hear.
    if (visitor.verified || page.conversation) this.connection.open();
    void this.sending.pump();
  }

  private hear(frame: ServerFrame): void {
    const now = this.timeline.value;
    switch (frame.t) {
      case "snapshot":
        this.sending.confirm(frame.items.map((item) => item.client_id));
        if (this.isOther(frame.conversation)) void this.reload();
        else {
          this.timeline.value = timeline.takeSnapshot(now, frame);
          // What has changed of messages that we had is in no snapshot of what is newer.
          if (this.wasLost) void this.refresh();
        }
        this.wasLost = false;
        break;
      case "message":
      case "update":
        if (frame.t === "message") this.say({ wasl: 1, t: "message", id: frame.message.id });
        batch(() => {
          this.timeline.value = timeline.takeMessage(now, frame.message);
          this.sending.confirm([frame.message.client_id]);
          if (frame.message.direction === "out") this.typing.hear(null);
        });
        break;
      case "conversation":
        this.takeConversation(frame.conversation);
        break;
      case "typing":
        this.typing.hear(frame.on ? (frame.name ?? "") : null);
        break;
      case "read":
        this.timeline.value = timeline.takeAgentRead(now, frame.seq);
        break;
      case "bye":
        if (frame.code === "signed_out") void this.refresh();
        break;
      case "pong":
    }
  }

  private isOther(conversation: Conversation | null): boolean {
    const known = this.conversation.value;
    return known !== null && conversation !== null && known.id !== conversation.id;
  }

  private takeConversation(conversation: Conversation | null): void {
    if (this.isOther(conversation)) {
      void this.reload();
      return;
    }
    const before = this.conversation.value;
    const agent = conversation?.agent?.name;
    batch(() => {
      if (conversation && agent && before && before.agent?.name !== agent)
        this.notices.value = [
          ...this.notices.value,
          { kind: "joined", after_seq: timeline.lastSeq(this.timeline.value), name: agent },
        ];
      this.timeline.value = {
        ...this.timeline.value,
        conversation: conversation && { ...before, ...conversation },
      };
    });
  }

  /** Takes the conversation as the server answers it; rejects with an `ApiError`. */
  async takeAnswer(answer: Promise<Conversation>): Promise<void> {
    const { person } = this;
    const conversation = await answer;
    if (person === this.person) this.takeConversation(conversation);
  }

  /** Fetches the newest page; a token that is no longer good is given up. */
  private async refresh(): Promise<void> {
    const { person } = this;
    try {
      const page = await this.api.timeline();
      if (person !== this.person || this.isOther(page.conversation)) return;
      this.timeline.value = timeline.takeSnapshot(this.timeline.value, page);
    } catch (error) {
      if (person === this.person && error instanceof ApiError && error.status === 401)
        this.giveUpToken();
    }
  }

  private giveUpToken(): void {
    this.store.removeItem(`${this.prefix}token`);
    void this.begin(this.identity);
  }

  /** Another conversation has become the visitor's: its messages are fetched anew. */
  private async reload(): Promise<void> {
    const { person } = this;
    try {
      const page = await this.api.timeline();
      if (person !== this.person) return;
      batch(() => {
        this.notices.value = [];
        this.timeline.value = timeline.takeSnapshot(timeline.EMPTY, page);
      });
    } catch {
      this.connection.now();
    }
  }

  /** Sends one message; of an earlier person on this page nothing is taken any more. */
  private async deliver(item: Pending): Promise<void> {
    const { person, page } = this;
    try {
      await this.enter();
      // Entering may have shown that it had arrived already.
      if (!this.sending.items.value.some(({ client_id }) => client_id === item.client_id)) return;
      const answer = await this.api.send({
        client_id: item.client_id,
        text: item.text,
        locale: lang.peek(),
        ...(item.attachments.length ? { attachment_ids: item.attachments.map((a) => a.id) } : {}),
        ...(item.pre_chat ? { pre_chat: item.pre_chat } : {}),
        ...(page.value?.page.url ? { page: page.value.page } : {}),
      });
      if (person !== this.person) return;
      this.say({ wasl: 1, t: "message", id: answer.message.id });
      batch(() => {
        this.timeline.value = timeline.takeMessage(this.timeline.value, answer.message);
        this.sending.confirm([item.client_id]);
        this.takeConversation(answer.conversation);
      });
      this.connection.ensure();
    } catch (error) {
      if (person === this.person) throw error;
    }
  }

  /** Opens the way to a chat: what must be asked first, or what can be done while nobody is here. */
  start(text = ""): void {
    this.firstText = text;
    const config = this.config.value;
    const open = this.conversation.value && !this.resolved.value;
    if (!open && config?.online === false && config.by_mail) this.view.value = "offline";
    else if (!this.conversation.value && this.asked().length) this.view.value = "pre_chat";
    else this.goOn();
  }

  /** The page offers words to begin with; the visitor sends them or not. */
  begins(text: string): void {
    this.draft.value = text;
    this.start();
  }

  /** The fields that are still to be asked: a known contact is not asked who they are. */
  asked(): Config["pre_chat"] {
    const contact = this.contact.value;
    if (this.preChat) return [];
    return (this.config.value?.pre_chat ?? []).filter(
      ({ field }) => !(field === "name" && contact?.name) && !(field === "email" && contact?.email),
    );
  }

  answer(preChat: PreChat): void {
    this.preChat = preChat;
    this.goOn();
  }

  private goOn(): void {
    this.view.value = "chat";
    if (this.firstText) this.send(this.firstText);
    this.firstText = "";
  }

  send(text: string, attachments: Attachment[] = []): void {
    const first = this.conversation.value === null && this.sending.items.value.length === 0;
    this.sending.add(text, attachments, (first && this.preChat) || undefined);
    this.typing.say(false);
  }

  tryNow(): void {
    if (this.phase.value.state === "failed") void this.begin(this.identity);
    else this.connection.now();
  }

  /** Uploading needs a known visitor. */
  async upload(
    file: File,
    progress: (part: number) => void,
    abort: AbortSignal,
  ): Promise<Attachment> {
    await this.enter();
    return this.api.upload(file, progress, abort);
  }

  private markRead(): void {
    const seq = timeline.lastSeq(this.timeline.value);
    this.timeline.value = timeline.takeContactRead(this.timeline.value, seq);
    // A mark that is lost is made again with the next snapshot, which brings the old one back.
    if (!this.connection.send({ t: "read", seq })) void this.api.read(seq).catch(() => {});
  }

  async loadOlder(): Promise<void> {
    const { older } = this.timeline.value;
    if (!older || this.loadingOlder.value) return;
    this.loadingOlder.value = true;
    const { person } = this;
    try {
      const page = await this.api.timeline(older);
      if (person === this.person)
        this.timeline.value = timeline.takeOlder(this.timeline.value, page);
    } catch {
      // The button stays: the visitor presses it again.
    } finally {
      this.loadingOlder.value = false;
    }
  }

  /** A message while nobody is here, taken once per `clientId`; rejects with an `ApiError`. */
  async leave(clientId: string, name: string, email: string, text: string): Promise<void> {
    await this.api.offline({ client_id: clientId, name, email, text, locale: lang.peek() });
  }

  /** The conversation goes on by e-mail; rejects with an `ApiError`. */
  async continueByEmail(email: string): Promise<void> {
    await this.enter();
    await this.api.continueByEmail(email);
    const notice: Notice = {
      kind: "moved",
      after_seq: timeline.lastSeq(this.timeline.value),
      email,
    };
    this.notices.value = withMove(this.notices.value, notice);
    this.store.setItem(`${this.prefix}moved`, JSON.stringify(notice));
  }

  close(): void {
    this.say({ wasl: 1, t: "close" });
  }
}
