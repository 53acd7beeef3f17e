import type { Estimate, LevelVariant, SimulationResult, WhatIf } from "@wasl/api";

/** The measure of each way to count a service level. */
export const LEVEL_MEASURES: Record<LevelVariant, string> = {
  offered: "service_level_offered",
  without_short: "service_level_excluding_short",
  short_met: "service_level_short_met",
  answered: "service_level_answered",
};
export const MEASURES = [
  ...Object.values(LEVEL_MEASURES),
  "abandon_rate",
  "asa_s",
  "wait_p50_s",
  "wait_p90_s",
  "occupancy",
  "turned_away",
  "declined",
  "missed",
  "unserved",
];
const SECONDS = new Set(["asa_s", "wait_p50_s", "wait_p90_s"]);

export const isSeconds = (measure: string) => SECONDS.has(measure);
/** Whether more of it is better; null when it is neither. */
export const isHigherBetter = (measure: string): boolean | null =>
  measure.startsWith("service_level") ? true : measure === "occupancy" ? null : false;

const ends = (one: Estimate): number[] => [one.low ?? one.value, one.value, one.high ?? one.value];

/** A scale from 0 to 1 over everything a row shows, with room at both ends. */
export function scaleOf(values: number[]): (value: number) => number {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low || Math.abs(high) || 1) * 0.12;
  const from = low - room;
  const width = high - low + 2 * room;
  return (value) => Math.min(1, Math.max(0, (value - from) / width));
}
export const valuesOf = (estimates: Estimate[]): number[] => estimates.flatMap(ends);

/** True when chance alone explains the change. */
export const isLuck = (change: Estimate): boolean =>
  change.low === null || change.high === null || (change.low <= 0 && change.high >= 0);

export interface Step {
  id: "today" | "looser" | "changes" | "scenario";
  from: number;
  to: number;
}
/** From today to the scenario: first what is only counted differently, then what is faster. */
export function stepsOf(result: SimulationResult): Step[] {
  const level = result.measures[LEVEL_MEASURES[result.variant]];
  if (!level) return [];
  const [today, scenario] = [level.today.value, level.scenario.value];
  const steps: Step[] = [{ id: "today", from: 0, to: today }];
  const counted = today + (result.looser?.value ?? 0);
  if (result.looser) steps.push({ id: "looser", from: today, to: counted });
  steps.push({ id: "changes", from: counted, to: scenario });
  steps.push({ id: "scenario", from: 0, to: scenario });
  return steps;
}

export interface Bin {
  from: number;
  to: number;
  today: number;
  scenario: number;
}
/** How many runs of each side fell into each bin of equal width. */
export function binsOf(runs: SimulationResult["runs_of"], count = 24): Bin[] {
  const all = [...runs.today, ...runs.scenario];
  if (all.length === 0) return [];
  const low = Math.min(...all);
  const width = (Math.max(...all) - low || 0.01) / count;
  const bins = Array.from({ length: count }, (_, n) => ({
    from: low + n * width,
    to: low + (n + 1) * width,
    today: 0,
    scenario: 0,
  }));
  for (const side of ["today", "scenario"] as const)
    for (const value of runs[side]) {
      const bin = bins[Math.min(count - 1, Math.floor((value - low) / width))];
      if (bin) bin[side] += 1;
    }
  return bins;
}

/** How many things a scenario changes. */
export const changesIn = (asked: WhatIf): number =>
  Number(asked.target_s !== null) +
  Number(asked.volume_percent !== 0) +
  Number(asked.priority !== null) +
  Number(asked.skill !== null) +
  asked.agents.filter(({ by }) => by !== 0).length;

/** The hour of the scenario with the lowest service level, when it stands out; else null. */
export function weakestHour(hours: SimulationResult["hours"]): number | null {
  const known = hours.scenario.flatMap((one, n) => (one ? [{ n, value: one.value }] : []));
  if (known.length < 3) return null;
  const sorted = known.toSorted((a, b) => a.value - b.value);
  const [first, second] = sorted;
  return first && second && second.value - first.value > 0.01 ? first.n : null;
}
