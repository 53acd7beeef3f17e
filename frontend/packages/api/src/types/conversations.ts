import type { ChannelRef, Names, QueueRef, Ref, Time } from "./base.ts";

export type ConversationStatus = "open" | "pending" | "snoozed" | "resolved";
export type InteractionState =
  | "created"
  | "queued"
  | "offered"
  | "active"
  | "parked"
  | "wrap_up"
  | "completed";
export interface ConversationRow {
  id: string;
  number: string;
  contact: Ref & { verified: boolean };
  subject: string | null;
  status: ConversationStatus;
  snoozed_until: Time | null;
  channel: ChannelRef;
  preview: {
    text: string;
    kind: MessageKind;
    direction: Direction | null;
    attachments: number;
  };
  last_message_at: Time;
  unread: number;
  assignee: Ref | null;
  /** Colleagues beside the assignee. */
  joined: Ref[];
  queue: QueueRef | null;
  state: InteractionState;
  due_at: Time | null;
  due_total_s: number | null;
  due_warn_at: Time | null;
  priority: number;
  tags: string[];
  locale: string | null;
  spam: boolean;
  version: number;
}
export interface Leg {
  id: string;
  kind: string;
  channel: ChannelRef;
  address: string | null;
  opened_at: Time;
  messages: number;
  interaction_id: string;
}
/** What the reader may do with a conversation; the server decides again on every request. */
export type Ability = "reply" | "note" | "assign" | "transfer" | "resolve" | "snooze" | "pick";
/** Whom to call when their turn comes; `tries` are calls that nobody answered. */
export interface Callback {
  kind: string;
  value: string;
  address: string;
  asked_at: Time;
  tries: number;
  reached_at: Time | null;
  not_before: Time | null;
}
/** A consulted colleague writes notes; in a conference they answer the contact too. */
export type BesideRole = "consult" | "conference";
export interface Conversation extends ConversationRow {
  joined: (Ref & { role: BesideRole })[];
  can: Ability[];
  callback: Callback | null;
  interaction: {
    id: string;
    code: string;
    opened_at: Time;
    closed_at: Time | null;
    disposition: string | null;
    epoch: number;
  };
  legs: Leg[];
  wrap_up_ends_at: Time | null;
  merge_suggestion: { conversation_id: string; number: string } | null;
  contact_suggestion: { contact_id: string; name: string } | null;
  /** The conversation that has its messages now. */
  merged_into: string | null;
}
export type MessageKind = "message" | "note" | "activity";
export type Direction = "in" | "out";
export type MessageState =
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "unknown";
export interface Attachment {
  id: string;
  name: string;
  content_type: string;
  size: number;
  state: "pending" | "ready" | "failed";
  inline: boolean;
  width?: number | null;
  height?: number | null;
}
export interface Message {
  id: string;
  seq: number;
  kind: MessageKind;
  direction: Direction | null;
  author: { kind: "contact" | "agent" | "flow" | "system"; id: string | null; name: string | null };
  text: string;
  folded_text: string | null;
  has_html: boolean;
  subject: string | null;
  leg_id: string | null;
  channel: ChannelRef | null;
  interaction_id: string;
  attachments: Attachment[];
  state: MessageState | null;
  error: { code: string; detail: string } | null;
  email: { from?: string; to?: string[]; cc?: string[] } | null;
  quick_replies: string[];
  attributes: Record<string, unknown>;
  client_id: string | null;
  created_at: Time;
  edited_at: Time | null;
  deleted_at: Time | null;
  version: number;
  activity: { code: string; params: Record<string, unknown> } | null;
}
/** What the composer must know of a channel kind. */
export interface ReplyCapabilities {
  subject: boolean;
  cc: boolean;
  quick_replies: boolean;
  attachments: boolean;
  max_text_chars: number;
  max_attachment_bytes: number;
}
export interface ReplyOption {
  channel: ChannelRef;
  identity: { id: string; kind: string; value: string } | null;
  allowed: boolean;
  code: string;
  params: Record<string, unknown>;
  suggested: boolean;
  continues_leg: string | null;
  capabilities: ReplyCapabilities;
}
/** A colleague's note that names the reader, who has not seen it. */
export interface Mention {
  id: string;
  conversation: { id: string; number: string };
  message_id: string;
  by: Ref;
  at: Time;
}
export interface Counts {
  mine: number;
  unassigned: number;
  all: number;
  waiting: number;
  pending: number;
  snoozed: number;
  resolved: number;
}
export interface CannedResponse {
  id: string;
  short: string;
  title: string;
  text: Names;
}
