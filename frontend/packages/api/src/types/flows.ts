import type { Language } from "@wasl/i18n/locale";
import type { Names, Time } from "./base.ts";
import type { Span } from "./routing.ts";

/** How runs of a flow went; `contained` needed nobody. */
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
  /** Put away: in no list, started by nothing. */
  archived_at: Time | null;
  version: number;
}
export interface FlowRow extends FlowSummary {
  errors: number;
  warnings: number;
  /** Of the live version. */
  live: FlowRuns | null;
  /** Of all versions. */
  totals: FlowRuns;
  trigger: string | null;
  /** The flows that run it as a part of theirs. */
  run_by: FlowRef[];
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
  /** The old version that it is again. */
  restored: number | null;
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
export interface FlowCard {
  title: string;
  text: string;
  picture: string;
  alt: string;
  links: [string, string][];
}
export interface FlowOutput {
  /** "say", "note", "tag", "look_up", "give", "finish", or the type of step that would act. */
  does: string;
  text?: string;
  choices?: string[];
  card?: FlowCard | null;
  /** What is said as the play's channel shows it: `choices` are its buttons. */
  shown?: { text: string; choices: string[]; card: FlowCard | null };
  tags?: string[];
  what?: string;
  reason?: string;
  /** Of those it is given to; null: the channel's own. */
  queue?: string | null;
  agent?: string | null;
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
/** A flow that names something: a calendar, a secret, a kind of records. */
export interface FlowRef {
  id: string;
  key: string;
  names: Partial<Names>;
}
/** The flows that say a canned response. */
export interface CannedInFlows {
  short: string;
  flows: FlowRef[];
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
/** A kind of records: a small table of the company's own. */
export interface RecordKind {
  names: Partial<Names>;
  fields: string[];
}
export interface KeptRecordKind extends RecordKind {
  key: string;
  /** How many records it has. */
  count: number;
  flows: FlowRef[];
}
/** One record; every value is a text. */
export interface CompanyRecord {
  key: string;
  values: Record<string, string>;
}
export interface KeptRecord extends CompanyRecord {
  changed_at: Time;
}
export interface WrittenRecords {
  added: number;
  changed: number;
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
/** What moved a run: of a message what stands on the timeline, nothing when it is gone. */
export type TraceInput =
  | { kind: "message"; text?: string; files?: number }
  | { kind: "event"; event: string }
  | { kind: "moment" }
  | { kind: "found" };
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
  /** Of the first step of a move. */
  input: TraceInput | null;
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
