import type { QueueRef, Ref, Time } from "./base.ts";

/** How those who leave count in a service level. */
export type LevelVariant = "offered" | "without_short" | "short_met" | "answered";
export interface QueueTarget {
  variant: LevelVariant;
  percent: number;
  within_s: number;
  short_s: number;
  longest_wait_s: number;
  abandon_percent: number;
}
/** Five minutes of a queue; `waiting` is at their end. */
export interface BoardPoint {
  at: Time;
  waiting: number;
  answered: number;
  in_target: number;
  abandoned: number;
}
/** What some wait for in a queue and nobody there meets: skills with the least level that would do. */
export interface UnmetNeed {
  lacking: { name: string; least: number }[];
  /** Agents who would do and aren't signed in. */
  away: number;
  waiting: number;
  waiting_since: Time;
  /** Of the first who waits. */
  conversation: { id: string; number: number };
}
/** A queue on the wallboard; what is counted is counted since `day_began_at`. Shares are 0 to 1. */
export interface QueueBoard extends QueueRef {
  day_began_at: Time | null;
  waiting: number;
  /** Of those that wait, whom to call back. */
  callbacks: number;
  /** Over one of their targets, waiting or in hand. */
  late: number;
  waiting_since: Time | null;
  expected_wait_s: number | null;
  target: QueueTarget;
  service_levels: Record<LevelVariant, number | null>;
  answered: number;
  in_target: number;
  abandoned: number;
  abandoned_short: number;
  abandon_rate: number | null;
  mean_wait_s: number | null;
  called_back: number;
  handled: number;
  mean_handling_s: number | null;
  points: BoardPoint[];
  needs: UnmetNeed[];
  version: number;
}
/** One's own day; `place` is one's turn among those who are free, from 1. */
export interface MyDay {
  since: Time;
  presence_s: Record<"available" | "away" | "offline", number>;
  engaged_s: number;
  handled: number;
  queues: (QueueRef & { waiting: number; place: number | null })[];
}
/** To whom, or to which queue. */
export interface Place {
  user_id: string | null;
  queue_id: string | null;
}
/** What somebody wants to see of the wallboard; `queue_ids` null: every queue. */
export interface WallLayout {
  id: string;
  name: string;
  shared: boolean;
  own: boolean;
  queue_ids: string[] | null;
  columns: string[];
}
export type LayoutWrite = Omit<WallLayout, "id" | "own">;
/** Something told to many, as one of them has it on the desk. */
export interface Notice {
  id: string;
  text: string;
  by: Ref;
  at: Time;
  ends_at: Time;
}
export interface BroadcastTo {
  kind: "everybody" | "team" | "queue";
  id: string | null;
}
/** The same as its sender sees it; `readers` are those it went to, the unread first. */
export interface Broadcast {
  id: string;
  text: string;
  to: BroadcastTo;
  at: Time;
  ends_at: Time;
  ended: boolean;
  people: number;
  read: number;
  readers: { user: Ref; read_at: Time | null }[];
}
export interface FloorAgent extends Ref {
  presence: "available" | "away" | "offline";
  reason: string | null;
  presence_since: Time | null;
  state: "idle" | "offered" | "handling" | "wrap_up";
  since: Time | null;
  wrap_up_ends_at: Time | null;
  held: {
    conversation_id: string;
    queue_id: string | null;
    kind: string;
    state: "active" | "wrap_up";
    since: Time | null;
  }[];
  queue_ids: string[];
  skills: Record<string, number>;
  version: number;
}
