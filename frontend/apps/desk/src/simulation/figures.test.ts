import type { SimulationResult } from "@wasl/api";
import { describe, expect, test } from "vitest";
import { binsOf, changesIn, isLuck, scaleOf, stepsOf, weakestHour } from "./figures.ts";

const exactly = (value: number) => ({ value, low: value, high: value });
const result = (looser: number | null): SimulationResult => ({
  id: "r",
  runs: 2,
  interactions: 10,
  measures: {
    service_level_offered: {
      today: exactly(0.7),
      scenario: exactly(0.9),
      change: exactly(0.2),
    },
  },
  looser: looser === null ? null : exactly(looser),
  hours: { first: 8, today: [], scenario: [] },
  runs_of: { today: [], scenario: [] },
  variant: "offered",
  percent: 80,
  history: { from: "2026-11-01", until: "2026-11-20", days: 15 },
  fit: null,
});

describe("steps from today to the scenario", () => {
  test("meet one another", () => {
    for (const looser of [null, 0.05, 0.25, -0.1]) {
      const steps = stepsOf(result(looser));
      for (const [n, step] of steps.entries())
        if (n > 0 && n < steps.length - 1) expect(step.from).toBe(steps[n - 1]?.to);
      expect(steps.at(-1)?.to).toBe(0.9);
    }
  });
  test("leave out the looser target when the target stays", () => {
    expect(stepsOf(result(null)).map(({ id }) => id)).toEqual(["today", "changes", "scenario"]);
  });
});

test("every run is in one bin", () => {
  const runs = { today: [0.5, 0.6, 0.7, 0.7], scenario: [0.9, 0.8] };
  const bins = binsOf(runs, 5);
  expect(bins.reduce((n, bin) => n + bin.today, 0)).toBe(4);
  expect(bins.reduce((n, bin) => n + bin.scenario, 0)).toBe(2);
  expect(bins.at(-1)?.scenario).toBe(1);
  expect(binsOf({ today: [1, 1], scenario: [1] })[0]?.today).toBe(2);
});

test("a scale keeps order and stays within its row", () => {
  const at = scaleOf([3, 5, 9]);
  expect([at(3), at(5), at(9)].every((x) => x > 0 && x < 1)).toBe(true);
  expect(at(3)).toBeLessThan(at(5));
  expect(scaleOf([2, 2])(2)).toBeCloseTo(0.5);
});

test("a change whose interval holds nothing is luck", () => {
  expect(isLuck({ value: 1, low: -1, high: 3 })).toBe(true);
  expect(isLuck({ value: 1, low: 0.5, high: 1.5 })).toBe(false);
  expect(isLuck({ value: 1, low: null, high: null })).toBe(true);
});

test("only what is changed counts as a change", () => {
  const asked = {
    weeks: 4,
    queue_id: null,
    target_s: 30,
    volume_percent: 0,
    priority: null,
    skill: null,
    agents: [
      { queue_id: "a", by: 2 },
      { queue_id: "b", by: 0 },
    ],
    expected: null,
  };
  expect(changesIn(asked)).toBe(2);
});

test("the weakest hour has to stand out", () => {
  const hours = (values: number[]) => ({ first: 8, today: [], scenario: values.map(exactly) });
  expect(weakestHour(hours([0.9, 0.6, 0.8]))).toBe(1);
  expect(weakestHour(hours([0.9, 0.9, 0.9]))).toBe(null);
  expect(weakestHour({ first: 8, today: [], scenario: [null, exactly(1)] })).toBe(null);
});
