import type { Names, Ref, Time } from "./base.ts";
import type { LevelVariant, QueueTarget } from "./wallboard.ts";

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
