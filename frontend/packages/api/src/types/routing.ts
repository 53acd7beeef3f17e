import type { ChannelRef, Names, QueueRef, Ref, Time } from "./base.ts";
import type { Order } from "./contacts.ts";
import type { Callback, InteractionState } from "./conversations.ts";

export type SlaTarget = "first_response" | "next_response" | "resolution";
/** What it covers (empty: everything) and what is to be reached; null is the queue's own target. */
export interface SlaPolicy extends Record<`${SlaTarget}_s`, number | null> {
  id: string;
  names: Names;
  priorities: number[];
  kinds: string[];
  tags: string[];
  warn_percent: number;
}
/** One reason of routing's; its words are found by the code. */
export interface Why {
  code: string;
  params: Record<string, unknown>;
}
/** Why a conversation is where it is. */
export interface Routing {
  state: InteractionState;
  place: number | null;
  expected_wait_s: number | null;
  waiting_since: Time | null;
  /** `ahead_s`: how much waiting it counts as; null where the higher one always goes first. */
  priority: { level: number; ahead_s: number | null } | null;
  why: Why[];
  agents: { user: Ref; why: Why }[];
  decisions: {
    kind: "offered" | "timed_out" | "rescinded" | "moved";
    user: Ref | null;
    queue_id: string | null;
    why: Why[];
    at: Time;
  }[];
}
export interface Offer {
  id: string;
  epoch: number;
  conversation_id: string;
  number: string;
  contact: Ref;
  channel: ChannelRef;
  queue: QueueRef;
  preview: string;
  callback: Callback | null;
  waiting_since: Time;
  offered_at: Time;
  expires_at: Time;
  why: Why[];
  orders: Order[];
  subject: string | null;
  last_interaction_at: Time | null;
  address: string | null;
}
export type Presence = "available" | "away" | "offline";
export interface Agent {
  id: string;
  name: string;
  presence: Presence;
  reason: string | null;
  since: Time;
  state: "idle" | "offered" | "handling" | "wrap_up";
  missed_offer: boolean;
  load: { kind: string; used: number; capacity: number }[];
  queues: QueueRef[];
  /** Levels 1 to 5; a language is named `language:fa`. */
  skills: Record<string, number>;
  /** Per kind in hand, the other kinds that may come; left out: all. */
  interruptible_by: Record<string, string[]>;
}
/** What is asked of an agent: `all`, `any`, `not`, `skill`, `language` or `contact`. */
export type Requirement = { [key: string]: unknown };
export interface QueueStep {
  requirement: Requirement;
  expires_after_s: number | null;
}
/** From and until, as "09:00"; one that ends at or before its start ends the next day. */
export type Span = [string, string];
export interface QueueHours {
  zone: string;
  /** From Monday. */
  weekly: Span[][];
  holidays: { date: string; spans: Span[] }[];
}
export interface QueueOverflow {
  queue_id: string;
  after_s: number | null;
  when_closed: boolean;
}
export type Strategy = "longest_idle" | "spare_capacity" | "proficiency" | "idleness_ratio";
export interface Queue {
  id: string;
  name: string;
  names: Names;
  offer_timeout_s: number;
  wrap_up_s: number;
  reply_target_s: number;
  resolution_target_s: number;
  priority: number;
  strategy: Strategy;
  steps: QueueStep[];
  hours: QueueHours | null;
  overflow: QueueOverflow | null;
  no_answer_limit: number;
  members: { user: Ref; level: number }[];
  waiting: number;
  version: number;
}
export type QueueWrite = Omit<Queue, "id" | "name" | "members" | "waiting" | "version">;
