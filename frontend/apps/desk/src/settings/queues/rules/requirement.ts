import type { QueueStep, Requirement } from "@wasl/api";

export type PartKind = "skill" | "language" | "contact_is" | "contact_least";
/** One line of a requirement: a skill or language at a level, or a field of the contact. */
export interface Part {
  id: string;
  kind: PartKind;
  name: string;
  level: number;
  value: string;
  not: boolean;
}
/** `parts` is null for what the small builder can't show: `kept` then stays as it is. */
export interface StepDraft {
  id: string;
  join: "all" | "any";
  parts: Part[] | null;
  kept: Requirement;
  expires_after_s: number | null;
}

export const newPart = (): Part => ({
  id: crypto.randomUUID(),
  kind: "skill",
  name: "",
  level: 3,
  value: "",
  not: false,
});
export const newStep = (): StepDraft => ({
  id: crypto.randomUUID(),
  join: "all",
  parts: [newPart()],
  kept: {},
  expires_after_s: 30,
});

export function draftOf(step: QueueStep): StepDraft {
  const { requirement, expires_after_s } = step;
  const join = "any" in requirement ? "any" : "all";
  const inside = requirement[join];
  const parts = (Array.isArray(inside) ? inside : [requirement]).map(partOf);
  return {
    id: crypto.randomUUID(),
    join,
    parts: parts.every((part) => part !== null) ? parts : null,
    kept: requirement,
    expires_after_s,
  };
}

function partOf(expression: Requirement): Part | null {
  const part = newPart();
  const { not } = expression;
  if (typeof not === "object" && not !== null) {
    const inner = partOf(not as Requirement);
    return inner && !inner.not ? { ...inner, not: true } : null;
  }
  const { skill, language, contact, least, is } = expression;
  const level = typeof least === "number" ? least : 1;
  if (typeof skill === "string") return { ...part, name: skill, level };
  if (typeof language === "string") return { ...part, kind: "language", name: language, level };
  if (typeof contact !== "string") return null;
  if (typeof is === "string") return { ...part, kind: "contact_is", name: contact, value: is };
  return { ...part, kind: "contact_least", name: contact, value: String(least ?? "") };
}

function expressionOf({ kind, name, level, value, not }: Part): Requirement {
  const bare = name.trim();
  const expression: Requirement =
    kind === "contact_is"
      ? { contact: bare, is: value.trim() }
      : kind === "contact_least"
        ? { contact: bare, least: value.trim() === "" ? null : Number(value) }
        : { [kind]: bare, least: level };
  return not ? { not: expression } : expression;
}

export const stepOf = ({ join, parts, kept, expires_after_s }: StepDraft): QueueStep => ({
  requirement: parts ? { [join]: parts.map(expressionOf) } : kept,
  expires_after_s,
});
