import {
  BookOpenText,
  CalendarCheck,
  CalendarX,
  CircleHelp,
  CircleStop,
  Clock,
  Globe,
  Hourglass,
  Languages,
  ListTree,
  type LucideIcon,
  MessageSquareText,
  PackageSearch,
  PackageX,
  PhoneForwarded,
  Send,
  SlidersHorizontal,
  Split,
  Star,
  StickyNote,
  Table2,
  Tag,
  ToggleRight,
  UserCheck,
  UserPen,
  Users,
  Workflow,
} from "lucide-react";
import type { Step } from "./definition.ts";
import { NOWHERE } from "./definition.ts";

/** How a field of a step is written, and what it is called where that is not its id. Numbers have
 * bounds; a choice has the values it may be. */
export type Field = {
  id: string;
  label?: string;
  optional?: boolean;
  when?: (step: Step) => boolean;
} & (
  | { kind: "texts"; rows?: number }
  | { kind: "name" | "expression" | "template" | "path" }
  | { kind: "choice"; of: readonly string[] }
  | { kind: "number"; min: number; max: number; usual?: number }
  | { kind: "decimal" }
  | { kind: "span" }
  | { kind: "switch"; usual?: boolean }
  | { kind: "list"; of: "words" | "names" }
  | { kind: "pairs"; of: "expression" | "template" | "name" | "path"; keys?: readonly string[] }
  | { kind: "queue" | "agent" | "channel" | "flow" | "calendar" | "record_kind" }
  | { kind: "record_values" }
  | { kind: "entries" | "options" | "cases" | "answers" | "card" | keyof typeof TOGETHER }
  | { kind: "requirements" }
);
/** Fields that are written together, by the kind that stands for them in the table. */
export const TOGETHER = {
  hours: ["zone", "weekly", "holidays"],
  wait: ["seconds", "until", "event", "filter", "within_s"],
};
export interface ExitType {
  id: string;
  needed: boolean;
}
export type Group = "talk" | "decide" | "data" | "people" | "end";
export interface StepType {
  icon: LucideIcon;
  group: Group;
  fields: readonly Field[];
  exits: readonly ExitType[];
  /** What a new one begins with: readable by the server at once. */
  begin: () => Omit<Step, "type">;
}

const LANGUAGE_CODES = ["en", "fa", "ar"] as const;
const exits = (...ids: string[]): ExitType[] =>
  ids.map((id) => ({ id: id.replace("?", ""), needed: !id.endsWith("?") }));
const text: Field = { id: "text", kind: "texts", rows: 3 };
const againAndSilence: Field[] = [
  { id: "again", kind: "texts", rows: 2, optional: true },
  { id: "retries", kind: "number", min: 0, max: 10, usual: 2 },
  { id: "silent_s", kind: "span", optional: true },
  { id: "label", kind: "texts", optional: true },
];
const save: Field = { id: "save", kind: "name" };
const nowhere = { next: NOWHERE };
const accepts =
  (...kinds: string[]) =>
  (step: Step) =>
    kinds.includes(String(step.accept ?? "text"));

const finds =
  (...kinds: string[]) =>
  (step: Step) =>
    kinds.includes(String(step.what));

/** THE table of step types: everything that the builder knows of them. */
export const STEP_TYPES: Record<string, StepType> = {
  say: {
    icon: MessageSquareText,
    group: "talk",
    fields: [text, { id: "card", kind: "card", optional: true }],
    exits: exits("next"),
    begin: () => ({ text: {}, ...nowhere }),
  },
  ask: {
    icon: CircleHelp,
    group: "talk",
    fields: [
      text,
      {
        id: "accept",
        kind: "choice",
        of: ["text", "number", "email", "phone", "date", "choice", "card", "national_id", "file"],
      },
      { id: "options", kind: "options", when: accepts("choice") },
      { id: "least", kind: "decimal", optional: true, when: accepts("text", "number") },
      { id: "most", kind: "decimal", optional: true, when: accepts("text", "number") },
      save,
      ...againAndSilence,
    ],
    exits: exits("next", "failed?", "silent?"),
    begin: () => ({ text: {}, save: "answer", ...nowhere }),
  },
  menu: {
    icon: ListTree,
    group: "talk",
    fields: [text, { id: "entries", kind: "entries" }, ...againAndSilence],
    exits: exits("failed?", "silent?", "unsure?"),
    begin: () => ({
      text: {},
      entries: [
        { label: {}, ...nowhere },
        { label: {}, ...nowhere },
      ],
    }),
  },
  rate: {
    icon: Star,
    group: "talk",
    fields: [
      text,
      { id: "thanks", kind: "texts", rows: 2, optional: true },
      { id: "scale", kind: "number", min: 2, max: 10, usual: 5 },
      { id: "ask_comment", kind: "switch" },
      { id: "silent_s", kind: "span", optional: true },
    ],
    exits: exits("next", "silent?"),
    begin: () => ({ text: {}, ...nowhere }),
  },
  book: {
    icon: CalendarCheck,
    group: "talk",
    fields: [
      { id: "calendar", kind: "calendar" },
      { id: "text", kind: "texts", rows: 2, optional: true },
      { id: "days", kind: "number", min: 1, max: 60, usual: 14 },
      save,
      { id: "instead", kind: "expression", optional: true },
    ],
    exits: exits("booked", "none"),
    begin: () => ({ calendar: "visits", save: "booking", booked: NOWHERE, none: NOWHERE }),
  },
  callback: {
    icon: PhoneForwarded,
    group: "talk",
    fields: [
      text,
      { id: "number", kind: "expression", optional: true },
      { id: "at", kind: "expression", optional: true },
      { id: "thanks", kind: "texts", rows: 2, optional: true },
      { id: "again", kind: "texts", rows: 2, optional: true },
      { id: "queue", kind: "queue", optional: true },
      { id: "priority", kind: "number", min: 0, max: 3, optional: true },
      { id: "silent_s", kind: "span", optional: true },
    ],
    exits: exits("refused", "failed", "silent?"),
    begin: () => ({ text: {}, refused: NOWHERE, failed: NOWHERE }),
  },
  cancel_booking: {
    icon: CalendarX,
    group: "talk",
    fields: [{ id: "booking", kind: "expression" }],
    exits: exits("next", "failed?"),
    begin: () => ({ booking: "booking.id", ...nowhere }),
  },
  find: {
    icon: BookOpenText,
    group: "talk",
    fields: [
      { id: "question", kind: "expression", optional: true },
      { id: "answers", kind: "answers" },
      save,
    ],
    exits: exits("found", "missing", "failed?"),
    begin: () => ({
      answers: [{ questions: {}, text: {} }],
      save: "answer",
      found: NOWHERE,
      missing: NOWHERE,
    }),
  },
  language: {
    icon: Languages,
    group: "talk",
    fields: [{ id: "to", kind: "choice", of: LANGUAGE_CODES, optional: true }],
    exits: exits("next"),
    begin: () => nowhere,
  },
  branch: {
    icon: Split,
    group: "decide",
    fields: [{ id: "cases", kind: "cases" }],
    exits: exits("otherwise", "failed?"),
    begin: () => ({ cases: [{ when: "true", ...nowhere }], otherwise: NOWHERE }),
  },
  hours: {
    icon: Clock,
    group: "decide",
    fields: [{ id: "hours", kind: "hours" }],
    exits: exits("open", "closed"),
    begin: () => ({
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      weekly: Array.from({ length: 7 }, (_, day) => (day < 5 ? [["09:00", "17:00"]] : [])),
      open: NOWHERE,
      closed: NOWHERE,
    }),
  },
  wait: {
    icon: Hourglass,
    group: "decide",
    fields: [{ id: "wait", kind: "wait" }],
    exits: exits("next", "heard?", "late?", "failed?"),
    begin: () => ({ seconds: 600, ...nowhere }),
  },
  set: {
    icon: SlidersHorizontal,
    group: "data",
    fields: [{ id: "values", kind: "pairs", of: "expression" }],
    exits: exits("next", "failed?"),
    begin: () => ({ values: {}, ...nowhere }),
  },
  lookup: {
    icon: PackageSearch,
    group: "data",
    fields: [
      { id: "what", kind: "choice", of: ["order", "contact", "booking", "record"] },
      { id: "kind", kind: "record_kind", when: finds("record") },
      { id: "number", label: "key", kind: "expression", when: finds("record") },
      { id: "number", kind: "expression", optional: true, when: finds("order") },
      { id: "proof", kind: "expression", optional: true, when: finds("order") },
      save,
    ],
    exits: exits("found", "missing", "failed?"),
    begin: () => ({ what: "order", save: "order", found: NOWHERE, missing: NOWHERE }),
  },
  http: {
    icon: Globe,
    group: "data",
    fields: [
      { id: "method", kind: "choice", of: ["GET", "POST", "PUT", "PATCH", "DELETE"] },
      { id: "url", kind: "template" },
      { id: "headers", kind: "pairs", of: "template", optional: true },
      { id: "body", kind: "pairs", of: "expression", optional: true },
      { id: "secrets", kind: "list", of: "names", optional: true },
      { id: "save", kind: "pairs", of: "path", optional: true },
      { id: "timeout_s", kind: "number", min: 1, max: 30, usual: 10 },
      { id: "retries", kind: "number", min: 0, max: 3, usual: 1 },
    ],
    exits: exits("next", "failed?"),
    begin: () => ({ method: "GET", url: "https://partner.example/", ...nowhere }),
  },
  contact: {
    icon: UserPen,
    group: "data",
    fields: [
      {
        id: "values",
        kind: "pairs",
        of: "expression",
        keys: ["name", "city", "company", "locale"],
      },
    ],
    exits: exits("next", "failed?"),
    begin: () => ({ values: { city: "''" }, ...nowhere }),
  },
  order: {
    icon: PackageX,
    group: "data",
    fields: [
      { id: "number", kind: "expression" },
      { id: "proof", kind: "expression" },
      { id: "to", label: "becomes", kind: "choice", of: ["cancelled", "returned"] },
    ],
    exits: exits("next", "failed?"),
    begin: () => ({ number: "number", proof: "address", to: "cancelled", ...nowhere }),
  },
  record: {
    icon: Table2,
    group: "data",
    fields: [
      { id: "kind", kind: "record_kind" },
      { id: "key", kind: "expression" },
      { id: "values", kind: "record_values" },
    ],
    exits: exits("next", "failed?"),
    begin: () => ({ kind: "branches", key: "said", ...nowhere }),
  },
  flow: {
    icon: Workflow,
    group: "data",
    fields: [
      { id: "flow", kind: "flow" },
      { id: "given", kind: "pairs", of: "expression", optional: true },
      { id: "save", kind: "pairs", of: "name", optional: true },
    ],
    exits: exits("next", "failed?"),
    begin: () => ({ flow: "other", ...nowhere }),
  },
  note: {
    icon: StickyNote,
    group: "people",
    fields: [text],
    exits: exits("next"),
    begin: () => ({ text: {}, ...nowhere }),
  },
  tag: {
    icon: Tag,
    group: "people",
    fields: [{ id: "tags", kind: "list", of: "words" }],
    exits: exits("next"),
    begin: () => ({ tags: ["new"], ...nowhere }),
  },
  status: {
    icon: ToggleRight,
    group: "people",
    fields: [{ id: "to", kind: "choice", of: ["open", "pending", "resolved"] }],
    exits: exits("next"),
    begin: () => ({ to: "pending", ...nowhere }),
  },
  send: {
    icon: Send,
    group: "people",
    fields: [{ id: "channel", kind: "channel" }, text],
    exits: exits("next", "failed?"),
    begin: () => ({ channel: "00000000-0000-0000-0000-000000000000", text: {}, ...nowhere }),
  },
  assign: {
    icon: UserCheck,
    group: "end",
    fields: [
      { id: "agent", kind: "agent", optional: true },
      { id: "queue", kind: "queue", optional: true },
    ],
    exits: [],
    begin: () => ({}),
  },
  handover: {
    icon: Users,
    group: "end",
    fields: [
      { id: "text", kind: "texts", rows: 3, optional: true },
      { id: "queue", kind: "queue", optional: true },
      { id: "priority", kind: "number", min: 0, max: 3, optional: true },
      { id: "summary", kind: "switch", usual: true },
      { id: "requirements", kind: "requirements", optional: true },
    ],
    exits: [],
    begin: () => ({ text: {} }),
  },
  end: {
    icon: CircleStop,
    group: "end",
    fields: [
      { id: "text", kind: "texts", rows: 3, optional: true },
      { id: "results", kind: "pairs", of: "expression", optional: true },
    ],
    exits: exits("failed?"),
    begin: () => ({ text: {} }),
  },
};

export const GROUPS: readonly Group[] = ["talk", "decide", "data", "people", "end"];
export const exitsOfType = (step: Step): readonly ExitType[] => STEP_TYPES[step.type]?.exits ?? [];
