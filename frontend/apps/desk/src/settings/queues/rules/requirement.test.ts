import type { Requirement } from "@wasl/api";
import { describe, expect, it } from "vitest";
import { draftOf, stepOf } from "./requirement.ts";

const there = (requirement: Requirement) => draftOf({ requirement, expires_after_s: 20 });
const andBack = (requirement: Requirement) => stepOf(there(requirement)).requirement;

describe("a requirement in the builder", () => {
  it("is what it was", () => {
    const requirement = {
      any: [
        { skill: "returns", least: 4 },
        { not: { language: "fa", least: 5 } },
        { contact: "tier", is: "gold" },
        { contact: "value", least: 1000 },
      ],
    };
    expect(andBack(requirement)).toEqual(requirement);
    expect(andBack({ all: [] })).toEqual({ all: [] });
  });

  it("may be a single one, whose level is one when left out", () => {
    expect(andBack({ skill: "returns" })).toEqual({ all: [{ skill: "returns", least: 1 }] });
  });

  it("is kept when it is nested deeper than the builder shows", () => {
    const nested = { all: [{ any: [{ skill: "a" }, { skill: "b" }] }, { skill: "c" }] };
    expect(there(nested).parts).toBeNull();
    expect(andBack(nested)).toEqual(nested);
    const twice = { not: { not: { skill: "a" } } };
    expect(andBack(twice)).toEqual(twice);
  });

  it("does not make a number of nothing", () => {
    const step = there({ contact: "value", least: 1 });
    const part = step.parts?.[0];
    if (part) part.value = " ";
    expect(stepOf(step).requirement).toEqual({ all: [{ contact: "value", least: null }] });
  });
});
