import type { FlowProblem } from "@wasl/api";
import type { Words } from "../words.ts";

/** What is wrong with one expression of a step: "case_2", or a field's name. */
export function errorAt(
  problems: readonly FlowProblem[],
  place: string,
  words: Words,
): string | null {
  const found = problems.find(({ params, warning }) => params.in === place && !warning);
  return found ? words.problem(found) : null;
}
