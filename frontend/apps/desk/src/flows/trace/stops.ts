import type { TracedStep } from "@wasl/api";

/** Ways that a step notes while the run stays at it. */
const STAYS = new Set([
  "asked",
  "again",
  "waits",
  "looks",
  "acts",
  "books",
  "understands",
  "rated",
]);
const BAD = new Set(["failed", "stuck"]);
/** Ways out that nobody hoped for. */
const ODD = new Set(["silent", "late", "unsure", "missing"]);
/** Shorter than this is no waiting. */
export const SHORTEST_S = 1;

/** One stay at a step: what it noted there, from coming to leaving. */
export interface Stop {
  first: TracedStep;
  noted: TracedStep[];
  /** Null while it lasts. */
  lasted_s: number | null;
  look: "plain" | "odd" | "bad";
}

/** The steps of a trace as stays: asking, asking again and the answer are one. */
export function stopsOf(steps: readonly TracedStep[]): Stop[] {
  const stops: Stop[] = [];
  for (const step of steps) {
    const last = stops.at(-1);
    const before = last?.noted.at(-1);
    const stays =
      before &&
      before.flow === step.flow &&
      before.step === step.step &&
      (STAYS.has(before.way) ||
        before.way === "unsure" ||
        (before.kind === "book" && before.way === "taken"));
    if (last && stays) last.noted.push(step);
    else stops.push({ first: step, noted: [step], lasted_s: 0, look: "plain" });
  }
  return stops.map((stop) => ({
    ...stop,
    lasted_s: stop.noted.some(({ duration_s }) => duration_s === null)
      ? null
      : stop.noted.reduce((sum, { duration_s }) => sum + (duration_s ?? 0), 0),
    look: lookOf(stop.noted),
  }));
}

function lookOf(noted: readonly TracedStep[]): Stop["look"] {
  if (noted.some(({ way }) => BAD.has(way))) return "bad";
  const odd = ODD.has(noted.at(-1)?.way ?? "") || noted.some(({ way }) => way === "again");
  return odd ? "odd" : "plain";
}
