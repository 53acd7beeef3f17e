import type { FlowPlayed, FlowProblem, FlowStatistics } from "@wasl/api";
import { exitOfWay } from "../model/exits.ts";
import { isUnsaid } from "../model/texts.ts";

/** What is said of a step beside what it is. */
export interface Mark {
  errors: number;
  warnings: number;
  /** Some text is missing in some language. */
  unsaid: boolean;
}
export const NO_MARK: Mark = { errors: 0, warnings: 0, unsaid: false };

export function marksOf(problems: readonly FlowProblem[]): Record<string, Mark> {
  const marks: Record<string, Mark> = {};
  for (const problem of problems) {
    if (problem.step === null) continue;
    const mark = marks[problem.step] ?? NO_MARK;
    marks[problem.step] = {
      errors: mark.errors + Number(!problem.warning && !isUnsaid(problem)),
      warnings: mark.warnings + Number(problem.warning),
      unsaid: mark.unsaid || isUnsaid(problem),
    };
  }
  return marks;
}

/** Where a play came along, and where it is. */
export interface Trail {
  steps: ReadonlySet<string>;
  /** "step exit". */
  exits: ReadonlySet<string>;
  at: string | null;
}
export const wayOut = (step: string, exit: string) => `${step} ${exit}`;

export function trailOf(moves: readonly FlowPlayed[]): Trail | null {
  if (moves.length === 0) return null;
  const taken = moves.flatMap(({ trace }) => trace).filter(({ flow }) => flow === "");
  return {
    steps: new Set(taken.map(({ step }) => step)),
    exits: new Set(taken.map(({ step, way }) => wayOut(step, exitOfWay(way)))),
    at: taken.at(-1)?.step ?? null,
  };
}

/** How many runs came to a step and left the flow there, and how many took each exit. */
export interface Heat {
  runs: number;
  steps: Record<string, { runs: number; left: number }>;
  exits: Record<string, number>;
}

export function heatOf(statistics: FlowStatistics): Heat {
  const own = ({ flow }: { flow: string }) => flow === "";
  return {
    runs: statistics.runs,
    steps: Object.fromEntries(
      statistics.steps
        .filter(own)
        .map(({ step, runs, fell_silent, handed_over, taken_over }) => [
          step,
          { runs, left: fell_silent + handed_over + taken_over },
        ]),
    ),
    exits: Object.fromEntries(
      statistics.ways
        .filter(own)
        .map(({ step, way, runs }) => [wayOut(step, exitOfWay(way)), runs]),
    ),
  };
}
