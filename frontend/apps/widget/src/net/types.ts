/** The shapes of the client API (docs/client-api.md). Times are ISO-8601 UTC. */

export type Lang = "en" | "fa" | "ar";
export type Texts = Record<Lang, string>;

export interface PreChatField {
  field: "name" | "email" | "phone" | "topic";
  required: boolean;
  options?: { value: string; names: Texts }[];
}

export interface Config {
  name: string;
  greeting: Partial<Texts> | null;
  languages: Lang[];
  pre_chat: PreChatField[];
  online: boolean;
  /** There is an e-mail channel that a conversation can go on by. */
  by_mail: boolean;
  /** Who waits may ask to be called at their turn. */
  callbacks: boolean;
  /** ISO 3166: whose phone numbers need no country code; or empty. */
  region: string;
  expected_reply: { code: "minutes" | "hours" };
  accent: string | null;
  limits: { text_chars: number; file_bytes: number };
  quick_start: { text: Partial<Texts> }[];
}

export type ConversationStatus = "open" | "pending" | "snoozed" | "resolved";

export interface Conversation {
  id: string;
  number: string;
  status: ConversationStatus;
  /** Routing's word for where it is; "created" is in no queue yet: a flow may be speaking. */
  state?: string;
  agent: { name: string } | null;
  contact_read_seq: number;
  agent_read_seq: number;
  /** Where it stands in the queue, from 1; the answer to a message does not say it. */
  place?: number | null;
  expected_wait_s?: number | null;
  /** Whom we call at their turn, and not sooner than when. */
  callback?: { address: string; not_before: string | null } | null;
}

export interface Attachment {
  id: string;
  name: string;
  content_type: string;
  size: number;
  state: "pending" | "ready" | "failed";
  inline?: boolean;
  width?: number | null;
  height?: number | null;
}

export type MessageState =
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "unknown";

export interface ClientMessage {
  id: string;
  client_id: string | null;
  seq: number;
  /** `in` is from the contact, `out` is from us. */
  direction: "in" | "out";
  author: { kind: "contact" | "agent" | "flow" | "system"; name: string };
  text: string;
  subject: string | null;
  channel_kind: string;
  attachments: Attachment[];
  quick_replies: string[];
  state: MessageState | null;
  created_at: string;
  edited_at: string | null;
  deleted_at: string | null;
}

export interface TimelinePage {
  items: ClientMessage[];
  /** Cursor of what is older, or null at the beginning. */
  next: string | number | null;
  conversation: Conversation | null;
}

/** Who the host page says is signed in; `signature` is made by the host's server. */
export interface Identity {
  id: string;
  name?: string;
  email?: string;
  phone?: string;
  exp: number;
  signature: string;
}

export interface Visitor {
  token: string;
  visitor_id: string;
  verified: boolean;
  contact: { name: string | null; email: string | null } | null;
  conversation: { id: string; number: string; status: ConversationStatus } | null;
}

export interface PreChat {
  name?: string;
  email?: string;
  phone?: string;
  topic?: string;
}

export interface MessageBody {
  client_id: string;
  text: string;
  attachment_ids?: string[];
  pre_chat?: PreChat;
  page?: { url: string; title: string };
  locale: Lang;
}

export type ServerFrame =
  | ({ t: "snapshot" } & TimelinePage)
  | { t: "message" | "update"; message: ClientMessage }
  | { t: "conversation"; conversation: Conversation | null }
  | { t: "typing"; on: boolean; name?: string }
  | { t: "read"; seq: number }
  | { t: "pong" }
  | { t: "bye"; code: string };
