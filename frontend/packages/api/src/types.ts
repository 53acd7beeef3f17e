/** The shapes of the HTTP contract. Times are ISO-8601 UTC, ids UUIDs, money in minor units. */
import type { CalendarName, Digits, Language } from "@wasl/i18n/locale";

export type Time = string;
export interface Ref {
  id: string;
  name: string;
}
export type Names = Record<Language, string>;
export interface QueueRef extends Ref {
  names: Names;
}
export interface Page<T> {
  items: T[];
  next: string | null;
}

export type Role = "agent" | "supervisor" | "administrator";
export type Theme = "system" | "light" | "dark";
export interface User {
  id: string;
  name: string;
  email: string;
  role: Role;
  locale: Language;
  calendar: CalendarName;
  digits: Digits;
  theme: Theme;
  signature: string;
  disabled: boolean;
  teams: Ref[];
}
export interface Me {
  user: User;
  permissions: string[];
  csrf: string;
}

export interface ChannelRef {
  id: string;
  kind: string;
  name: string;
}
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
/** A queue on the wallboard; what is counted is counted since `day_began_at`. Shares are 0 to 1. */
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
/** A queue in the last weeks; `levels` are what was reached. Shares are 0 to 1. */
export interface SimulatedQueue {
  id: string;
  name: string;
  names: Names;
  target: Pick<QueueTarget, "within_s" | "percent" | "variant">;
  priority: number;
  agents: number;
  interactions: number;
  wrap_up_s: number;
  levels: Record<LevelVariant, number | null>;
}
/** A day of a queue as people expect it: seconds are means, wrap-up comes on top of handling. */
export interface ExpectedDay {
  queue_id: string;
  per_day: number;
  shape: "flat" | "two_humps";
  handling_s: number;
  patience_s: number;
}
/**
 * What a scenario starts from; with too little history `enough` is false, and `expected` is what may
 * be assumed.
 */
export interface SimulationToday {
  weeks: number;
  zone: string;
  days: number;
  from: string | null;
  until: string | null;
  interactions: number;
  enough: boolean;
  agents: number;
  skills: string[];
  queues: SimulatedQueue[];
  expected: ExpectedDay[] | null;
}
/** What would be other than today; `expected` stands for the history that there isn't. */
export interface WhatIf {
  weeks: number;
  queue_id: string | null;
  target_s: number | null;
  volume_percent: number;
  priority: number | null;
  skill: { name: string; level: number; agents: number } | null;
  agents: { queue_id: string; by: number }[];
  expected: ExpectedDay[] | null;
}
/** An estimate with its 95 % interval, whose ends are null when there is too little to tell. */
export interface Estimate {
  value: number;
  low: number | null;
  high: number | null;
}
export interface Compared {
  today: Estimate;
  scenario: Estimate;
  change: Estimate;
}
/** A scenario beside today. `looser` is what of the service level's change is only another target. */
export interface SimulationResult {
  /** For proposing it. */
  id: string;
  runs: number;
  interactions: number;
  measures: Record<string, Compared>;
  looser: Estimate | null;
  hours: { first: number; today: (Estimate | null)[]; scenario: (Estimate | null)[] };
  runs_of: { today: number[]; scenario: number[] };
  variant: LevelVariant;
  percent: number | null;
  /** Null when the day was an expected one. */
  history: { from: string; until: string; days: number } | null;
  fit: { model: number; past: number; margin: number; inside: boolean } | null;
}
/** A change that somebody proposes, with what was simulated. */
export interface Proposal {
  id: string;
  by: Ref;
  at: Time;
  remark: string;
  asked: WhatIf;
  result: SimulationResult;
}
export type SimulationLine =
  | { done: number }
  | { result: SimulationResult }
  | { error: string; params: Record<string, string | number | boolean | null>; retryable: boolean };
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

export interface Identity {
  id: string;
  kind: string;
  value: string;
  display: string | null;
  verified: boolean;
  verified_by: string | null;
  last_seen_at: Time | null;
}
export type OrderStatus =
  | "placed"
  | "paid"
  | "shipped"
  | "out_for_delivery"
  | "delivered"
  | "returned"
  | "cancelled";
export interface Order {
  id: string;
  code: string;
  status: OrderStatus;
  total_minor: number;
  currency: string;
  placed_at: Time;
  expected_at: Time | null;
  delivered_at: Time | null;
  items: { name: string; quantity: number }[];
}
export interface Consent {
  kind: string;
  purpose: "service" | "marketing";
  allowed: boolean;
  source: string;
  at: Time;
}
export interface Contact {
  id: string;
  name: string;
  locale: string | null;
  time_zone: string | null;
  company: string | null;
  city: string | null;
  tags: string[];
  attributes: Record<string, unknown>;
  preferred_channel: string | null;
  /** Who looks after them. */
  team_id: string | null;
  team: Ref | null;
  created_at: Time;
  version: number;
  identities: Identity[];
  orders: Order[];
  consents: Consent[];
  stats: {
    conversations: number;
    open: number;
    lifetime_minor: number;
    currency: string | null;
  };
  recent: {
    conversation_id: string;
    number: string;
    subject: string | null;
    preview: ConversationRow["preview"];
    status: ConversationStatus;
    channel_kind: string;
    last_message_at: Time;
  }[];
}
export interface ContactRow {
  id: string;
  name: string;
  locale: string | null;
  identities: Identity[];
  last_seen_at: Time | null;
}
export interface JourneyPoint {
  at: Time;
  kind: "message" | "order";
  channel_kind: string | null;
  conversation_id: string | null;
  number: string | null;
  interaction_id: string | null;
  order_code: string | null;
  open: boolean;
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
/** A colleague's note that names the reader, who has not seen it. */
export interface Mention {
  id: string;
  conversation: { id: string; number: string };
  message_id: string;
  by: Ref;
  at: Time;
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
export interface Counts {
  mine: number;
  unassigned: number;
  all: number;
  waiting: number;
  pending: number;
  snoozed: number;
  resolved: number;
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
export interface ChannelHealth {
  state: "ok" | "warning" | "failed" | "unknown" | "off";
  code: string | null;
  detail: string | null;
  at: Time | null;
}
export interface Channel {
  id: string;
  kind: string;
  name: string;
  enabled: boolean;
  public_key: string;
  config: Record<string, unknown>;
  queue: QueueRef | null;
  health: ChannelHealth;
  messages_24h: number;
  version: number;
}
export interface ChannelWrite {
  kind: string;
  name: string;
  enabled: boolean;
  config: Record<string, unknown>;
  queue_id: string | null;
  /** Keep it without a test; only for one that is switched off. */
  unchecked?: boolean;
}
export interface ChannelCheck {
  ok: boolean;
  warnings: number;
  steps: {
    code: string;
    ok: boolean;
    seconds: number;
    warning: boolean;
    detail: string | null;
    cure: string | null;
  }[];
  at: Time;
}
/** What a channel kind can do; the composer and the settings form ask it, never the kind's name. */
export type Capabilities = Record<string, unknown>;
export interface ChannelKind {
  kind: string;
  capabilities: Capabilities;
  schema: Record<string, unknown>;
}
export interface Named {
  code: string;
  names: Names;
}
export interface CannedResponse {
  id: string;
  short: string;
  title: string;
  text: Names;
}
export interface Team extends Ref {
  members: Ref[];
}
export interface ApiToken {
  id: string;
  name: string;
  created_at: Time;
  last_used_at: Time | null;
}
export interface AuditEntry {
  seq: number;
  at: Time;
  actor_kind: string;
  actor_id: string | null;
  actor_name: string | null;
  action: string;
  object_kind: string;
  object_id: string | null;
  /** Today's name of what was changed, or the one that it had when it went. */
  object_name: string | Names | null;
  /** The names of the ids in `before` and `after`. */
  names: Record<string, string | Names>;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  address: string;
}

/** How the runs of a flow's version went; `contained` needed nobody. */
export interface FlowRuns {
  runs: number;
  ended: number;
  contained: number;
}
export interface FlowSummary {
  id: string;
  key: string;
  names: Partial<Names>;
  published: number | null;
  channel_ids: string[];
  changed_at: Time;
  version: number;
}
export interface FlowRow extends FlowSummary {
  errors: number;
  warnings: number;
  live: FlowRuns | null;
  trigger: string | null;
}
export interface FlowTemplate {
  key: string;
  names: Partial<Names>;
  about: Partial<Names>;
  definition: object;
}
export interface FlowProblem {
  step: string | null;
  code: string;
  warning: boolean;
  params: Record<string, string | number>;
}
export interface FlowVersion extends FlowRuns {
  number: number;
  published_at: Time;
  published_by: string | null;
  published_by_name: string;
}
/** `Definition` is written in docs/flow.schema.json. */
export interface FlowDraft<Definition> extends FlowSummary {
  draft: Definition;
  problems: FlowProblem[];
  versions: FlowVersion[];
  publish_at: Time | null;
}
export interface FlowStatistics {
  number: number;
  runs: number;
  running: number;
  finished: number;
  handed_over: number;
  asked_for_person: number;
  taken_over: number;
  failed: number;
  /** `flow` is "" for the flow's own steps. */
  steps: {
    flow: string;
    step: string;
    runs: number;
    fell_silent: number;
    handed_over: number;
    taken_over: number;
  }[];
  ways: { flow: string; step: string; way: string; runs: number }[];
}
export interface FlowOutput {
  /** "say", "note", "tag", "look_up", "give", "finish", or the type of step that would act. */
  does: string;
  text?: string;
  choices?: string[];
  card?: {
    title: string;
    text: string;
    picture: string;
    alt: string;
    links: [string, string][];
  } | null;
  tags?: string[];
  what?: string;
  reason?: string;
  summary?: string;
}
export interface FlowTaken {
  n: number;
  flow: string;
  step: string;
  kind: string;
  way: string;
  /** How it was found. */
  detail: { engine?: string; model?: string; confidence?: number } | null;
}
/** Which of several answers a sentence means: its place, or null for none. */
export interface Understood {
  answer: number | null;
  confidence: number | null;
  engine: string;
  model: string;
}
/** What one move of a play came to. */
export interface FlowPlayed {
  /** Null while an automation has not begun. */
  state: Record<string, unknown> | null;
  outputs: FlowOutput[];
  trace: FlowTaken[];
  waiting: string | null;
  moment: Time | null;
  /** The event that is waited for. */
  event: string | null;
  language: Language | null;
  values: Record<string, unknown>;
  now: Time;
  /** Whether what came in moved anything. */
  changed: boolean;
}

/** A flow that names something: a calendar, a secret. */
export interface FlowRef {
  id: string;
  key: string;
  names: Partial<Names>;
}
/** Times that can be booked; `weekly` is from Monday on the wall clock of `zone`. */
export interface BookingCalendar {
  names: Partial<Names>;
  zone: string;
  weekly: Span[][];
  holidays: string[];
  slot_min: number;
  places: number;
}
export interface KeptCalendar extends BookingCalendar {
  key: string;
  to_come: number;
  flows: FlowRef[];
}
export interface Booking {
  id: string;
  starts_at: string;
  place: number;
  contact_id: string;
  contact_name: string;
  conversation_id: string;
  booked_at: string;
}
export interface FlowSecret {
  name: string;
  changed_at: string;
  flows: FlowRef[];
}
export interface Automation {
  flow_id: string;
  key: string;
  names: Partial<Names>;
  on: string;
  filter: string;
  after_s: number | null;
  active: boolean;
  armed_at: string;
}
/** One step that a run took: what it is called, by which way it was left, and how long that took. */
export interface TracedStep {
  n: number;
  /** Its flow's key; "" is the run's own. */
  flow: string;
  step: string;
  kind: string;
  way: string;
  detail: FlowTaken["detail"];
  at: Time;
  /** Null while it lasts. */
  duration_s: number | null;
  texts: Partial<Names>;
  /** The entry that was chosen. */
  taken: Partial<Names>;
  /** The case that was true. */
  when: string;
  event: string | null;
}
/** What a flow did in a conversation. */
export interface FlowRun {
  id: string;
  flow: { id: string; key: string };
  /** Of its flows by key; "" is its own. */
  names: Record<string, Partial<Names>>;
  languages: Language[];
  version: number;
  kind: "dialogue" | "automation";
  started_by: string | null;
  chain: string[];
  status: AutomationRunStatus | "taken_over";
  reason: string;
  waiting: { for: string; until: Time | null; event: string | null } | null;
  started_at: Time;
  ended_at: Time | null;
  steps: TracedStep[];
  /** Earlier steps are left out. */
  cut: boolean;
}
export type AutomationRunStatus = "running" | "finished" | "handed_over" | "failed" | "stopped";
export interface AutomationRun {
  id: string;
  conversation_id: string;
  conversation: { id: string; number: string; contact_name: string } | null;
  status: AutomationRunStatus;
  reason: string;
  /** The automations that led to it, itself last. */
  chain: string[];
  version: number;
  started_by: string;
  step: string | null;
  started_at: string;
  ended_at: string | null;
}
