import { readFileSync } from "node:fs";
import type { FlowProblem } from "@wasl/api";
import { describe, expect, test } from "vitest";
import { heatOf, marksOf, trailOf } from "../builder/marks.ts";
import { headingOf, nextStep } from "../builder/walking.ts";
import { blankFlow, type Definition, NOWHERE, said, tidy } from "./definition.ts";
import { difference, isSame } from "./difference.ts";
import {
  addStep,
  connect,
  copied,
  moveSteps,
  pasted,
  readClip,
  removeSteps,
  renameStep,
} from "./edits.ts";
import { exitOfWay, exitsOf, following, leadingTo, withExit } from "./exits.ts";
import { factOf, factsRead } from "./facts.ts";
import { begun, changed, redone, undone } from "./history.ts";
import { keyFor } from "./keys.ts";
import { languageOf } from "./language.ts";
import { arranged, placesOf } from "./layout.ts";
import { STEP_TYPES, TOGETHER } from "./step-types.ts";
import { inTheWay, missingIn, wholeLanguages } from "./texts.ts";
import { valuesIn } from "./values.ts";

const texts = (en: string) => ({ en, fa: en, ar: en });
const SHOP: Definition = {
  ...blankFlow(texts("Shop")),
  start: "menu",
  person: "people",
  layout: {},
  steps: {
    menu: {
      type: "menu",
      text: texts("How?"),
      entries: [
        { label: texts("Order"), next: "number" },
        { label: { en: "Bye" }, next: "bye" },
      ],
      silent: "bye",
    },
    number: { type: "ask", text: texts("Number?"), save: "number", next: "menu" },
    bye: { type: "end", text: {} },
    people: { type: "handover" },
  },
};
const schema = JSON.parse(readFileSync("../docs/flow.schema.json", "utf8")) as object;

describe("exits", () => {
  test("are an entry's, a case's and a step's own", () => {
    const { menu } = SHOP.steps;
    expect(menu && exitsOf(menu).map(({ id, to }) => [id, to])).toEqual([
      ["entries.0", "number"],
      ["entries.1", "bye"],
      ["failed", undefined],
      ["silent", "bye"],
      ["unsure", undefined],
    ]);
    expect(following(SHOP, "menu")).toEqual(["number", "bye"]);
    expect(leadingTo(SHOP, "bye")).toEqual(["menu"]);
  });

  test("lead elsewhere, or nowhere, and nothing else changes", () => {
    const { menu, number } = SHOP.steps;
    expect(menu && withExit(menu, "entries.1", "people")).toEqual({
      ...menu,
      entries: [
        { label: texts("Order"), next: "number" },
        { label: { en: "Bye" }, next: "people" },
      ],
    });
    expect(menu && withExit(menu, "silent", null).silent).toBeNull();
    expect(number && withExit(number, "next", null).next).toBe(NOWHERE);
  });

  test("are found in the ways of a trace", () => {
    expect(["entry_2", "case_1", "next", "asked"].map(exitOfWay)).toEqual([
      "entries.1",
      "cases.0",
      "next",
      "asked",
    ]);
  });

  test("of a type that is unknown here are kept", () => {
    const step = { type: "teleport", next: "bye", failed: "people", colour: "red" };
    expect(exitsOf(step).map(({ id }) => id)).toEqual(["next", "failed"]);
    expect(withExit(step, "next", "menu")).toEqual({ ...step, next: "menu" });
  });
});

describe("edits", () => {
  test("add a step where an exit was drawn to", () => {
    const { definition, id } = addStep(
      SHOP,
      "say",
      { x: 10.4, y: -3.6 },
      {
        step: "number",
        exit: "next",
      },
    );
    expect(id).toBe("say");
    expect(definition.steps.number?.next).toBe("say");
    expect(definition.layout?.say).toEqual({ x: 10, y: -4 });
    expect(addStep(definition, "say", { x: 0, y: 0 }).id).toBe("say_2");
    expect(SHOP.steps.say).toBeUndefined();
  });

  test("remove steps, and what led to them leads nowhere", () => {
    const left = removeSteps(SHOP, ["bye", "people", "menu"]);
    expect(Object.keys(left.steps)).toEqual(["number"]);
    expect(left.start).toBe("number");
    expect(left.person).toBeNull();
    expect(left.steps.number?.next).toBe(NOWHERE);
    expect(removeSteps(SHOP, Object.keys(SHOP.steps))).toBe(SHOP);
  });

  test("rename a step wherever it is named", () => {
    const renamed = renameStep(SHOP, "bye", "goodbye");
    expect(renamed?.steps.menu?.silent).toBe("goodbye");
    expect(Object.keys(renamed?.steps ?? {})).toContain("goodbye");
    expect(renameStep(SHOP, "menu", "first")?.start).toBe("first");
    expect(
      ["Menu", "number", "", NOWHERE, "a-b"].map((name) => renameStep(SHOP, "bye", name)),
    ).toEqual([null, null, null, null, null]);
  });

  test("paste what was copied under names of its own", () => {
    const clip = readClip(JSON.stringify(copied(SHOP, ["menu", "number"])));
    const { definition, ids } = pasted(SHOP, clip ?? { wasl: "steps", steps: {}, layout: {} });
    expect(ids).toEqual(["menu_2", "number_2"]);
    expect(following(definition, "menu_2")).toEqual(["number_2", "bye"]);
    expect(following(definition, "number_2")).toEqual(["menu_2"]);
    const alone = blankFlow(texts("x"));
    const elsewhere = pasted(alone, copied(SHOP, ["number"]));
    expect(elsewhere.definition.steps.number?.next).toBe(NOWHERE);
    expect(["", "{}", "null", '{"wasl":"steps","steps":{"a":1}}'].map(readClip)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test("connect and move", () => {
    expect(connect(SHOP, "number", "next", "bye").steps.number?.next).toBe("bye");
    expect(connect(SHOP, "gone", "next", "bye")).toBe(SHOP);
    const moved = moveSteps(SHOP, { bye: { x: 1, y: 2 } });
    expect(moved.layout?.bye).toEqual({ x: 1, y: 2 });
    expect(Object.keys(moved.layout ?? {})).toHaveLength(4);
  });
});

describe("the layout", () => {
  test("goes along the exits and keeps what somebody placed", () => {
    const places = arranged(SHOP);
    expect(places.number?.x).toBeGreaterThan(places.menu?.x ?? 0);
    const kept = placesOf({ ...SHOP, layout: { menu: { x: 7, y: 9 } } });
    expect(kept.menu).toEqual({ x: 7, y: 9 });
    expect(Object.keys(kept).sort()).toEqual(["bye", "menu", "number", "people"]);
  });

  test("is walked with arrows, mirrored in right-to-left pages", () => {
    const places = { a: { x: 0, y: 0 }, b: { x: 200, y: 10 }, c: { x: 220, y: 400 } };
    expect(nextStep(places, "a", "forward")).toBe("b");
    expect(nextStep(places, "b", "down")).toBe("c");
    expect(nextStep(places, "a", "back")).toBeNull();
    expect([headingOf("ArrowRight", false), headingOf("ArrowRight", true)]).toEqual([
      "forward",
      "back",
    ]);
  });
});

describe("history", () => {
  test("undoes a run of changes to the same at once", () => {
    let history = begun("");
    for (const [at, text] of [
      [0, "a"],
      [500, "ab"],
      [900, "abc"],
    ] as const)
      history = changed(history, text, "text", 10_000 + at);
    history = changed(history, "abcd", "text", 20_000);
    expect(undone(history).present).toBe("abc");
    expect(undone(undone(history)).present).toBe("");
    expect(redone(redone(undone(undone(history)))).present).toBe("abcd");
    expect(changed(undone(history), "x", "", 0).future).toEqual([]);
    expect(undone(begun("only")).present).toBe("only");
  });
});

describe("the difference", () => {
  test("names steps and fields, and not how it is drawn", () => {
    const { definition } = addStep(SHOP, "say", { x: 0, y: 0 });
    const next = removeSteps(
      {
        ...definition,
        person: null,
        steps: { ...definition.steps, bye: { type: "end", text: { en: "Bye" } } },
      },
      ["people"],
    );
    const found = difference(SHOP, next, languageOf(schema));
    expect(found.added).toEqual(["say"]);
    expect(found.removed).toEqual(["people"]);
    expect(found.changed).toEqual([
      { step: "bye", changes: [{ path: "text.en", before: "", after: "Bye" }] },
    ]);
    expect(found.flow).toEqual([{ path: "person", before: "people", after: "" }]);
    expect(
      isSame(difference(SHOP, moveSteps(SHOP, { bye: { x: 5, y: 5 } }), languageOf(schema))),
    ).toBe(true);
  });

  test("does not see defaults that the server writes", () => {
    const written = { ...SHOP.steps.bye, type: "end", results: {}, failed: null, comment: "" };
    const other = { ...SHOP, parameters: [], steps: { ...SHOP.steps, bye: written } };
    expect(isSame(difference(SHOP, other, languageOf(schema)))).toBe(true);
    expect(tidy(written)).toEqual({ type: "end" });
  });

  test("does not see the tries, the offers and the notes that a publishing writes out", () => {
    const language = languageOf(schema);
    const published = language.full(SHOP);
    expect(published.steps.menu).toMatchObject({ retries: 2, entries: [{ offered: true }, {}] });
    expect(published.steps.people).toMatchObject({ summary: true, requirements: [] });
    expect(language.lean(published)).toEqual(language.lean(SHOP));
    expect(isSame(difference(published, SHOP, language))).toBe(true);
    expect(isSame(difference(SHOP, published, language))).toBe(true);
  });

  test("says what a field that is left out is by default", () => {
    const { people, menu } = SHOP.steps;
    const quiet = { ...SHOP, steps: { ...SHOP.steps, people: { ...people, summary: false } } };
    expect(difference(quiet as Definition, SHOP, languageOf(schema)).changed).toEqual([
      { step: "people", changes: [{ path: "summary", before: "false", after: "true" }] },
    ]);
    const entries = [...((menu?.entries ?? []) as object[]), { label: { en: "New" }, next: "bye" }];
    const more = { ...SHOP, steps: { ...SHOP.steps, menu: { ...menu, entries } } };
    expect(difference(SHOP, more as Definition, languageOf(schema)).changed).toEqual([
      {
        step: "menu",
        changes: [
          { path: "entries.2.label.en", before: "", after: "New" },
          { path: "entries.2.next", before: "", after: "bye" },
        ],
      },
    ]);
  });
});

test("a record has its key and the fields of its kind", () => {
  const look = { type: "lookup", what: "record", kind: "branches", save: "it", found: "bye" };
  const names = (fields = {}) =>
    valuesIn({ ...SHOP, steps: { look } }, fields).map(({ name }) => name);
  expect(names({ branches: ["city"] })).toEqual(["it", "it.key", "it.city", "said", "language"]);
  expect(names()).toEqual(["it", "it.key", "said", "language"]);
});

test("a condition asks for what the flow's steps save", () => {
  const look = { type: "lookup", what: "order", save: "order", found: "bye", missing: "bye" };
  const steps = {
    ...SHOP.steps,
    look,
    sum: { type: "set", values: { total: "1" }, next: "bye" },
  };
  expect(valuesIn({ ...SHOP, steps }).map(({ name }) => name)).toEqual([
    ...["number", "order", "order.code", "order.status", "order.items", "total"],
    ...["said", "language"],
  ]);
});

test("texts fall back in the flow's own order, and what is missing is known", () => {
  expect(said({ fa: "سلام", en: "Hi" }, "ar", ["fa", "en"])).toBe("سلام");
  expect(said(undefined, "en", ["en"])).toBe("");
  const { menu, bye } = SHOP.steps;
  expect(menu && missingIn(SHOP, menu)).toEqual(["fa", "ar"]);
  expect(bye && missingIn(SHOP, bye)).toEqual([]);
});

test("marks, a trail and heat are read from what the server says", () => {
  const problem = { params: {}, warning: false };
  expect(
    marksOf([
      { ...problem, step: "a", code: "exit_dead" },
      { ...problem, step: "a", code: "text_missing" },
      { ...problem, step: "a", code: "not_for_voice", warning: true },
      { ...problem, step: null, code: "start_missing" },
    ]),
  ).toEqual({ a: { errors: 1, warnings: 1, unsaid: true } });
  const taken = { n: 1, flow: "", kind: "menu", detail: null };
  const played = {
    state: {},
    outputs: [],
    trace: [
      { ...taken, step: "menu", way: "asked" },
      { ...taken, step: "menu", way: "entry_1" },
      { ...taken, step: "number", way: "asked" },
      { ...taken, step: "inner", flow: "other", way: "next" },
    ],
    waiting: "answer",
    moment: null,
    event: null,
    language: "en" as const,
    values: {},
    now: "",
    changed: true,
  };
  const trail = trailOf([played]);
  expect(trail?.at).toBe("number");
  expect([...(trail?.steps ?? [])]).toEqual(["menu", "number"]);
  expect(trail?.exits.has("menu entries.0")).toBe(true);
  expect(trailOf([])).toBeNull();
  const figures = { runs: 4, running: 0, finished: 1, handed_over: 2, asked_for_person: 1 };
  const heat = heatOf({
    ...figures,
    number: 1,
    taken_over: 1,
    failed: 0,
    steps: [{ flow: "", step: "menu", runs: 4, fell_silent: 1, handed_over: 2, taken_over: 1 }],
    ways: [{ flow: "", step: "menu", way: "entry_2", runs: 3 }],
  });
  expect(heat).toEqual({
    runs: 4,
    steps: { menu: { runs: 4, left: 4 } },
    exits: { "menu entries.1": 3 },
  });
});

describe("the table of step types", () => {
  const language = languageOf(schema);
  const known = Object.entries(STEP_TYPES).filter(([type]) => language.hasType(type));

  test("has every type that the published language has", () => {
    const $defs = (
      schema as { $defs: Record<string, { properties?: { type?: { enum?: string[] } } }> }
    ).$defs;
    const types = Object.values($defs).flatMap(({ properties }) => properties?.type?.enum ?? []);
    expect(types.length).toBeGreaterThan(10);
    expect(types.filter((type) => !(type in STEP_TYPES))).toEqual([]);
  });

  test.each(known)("writes what the language reads: %s", (type, { fields, exits, begin }) => {
    const { $defs } = schema as {
      $defs: Record<string, { properties: Record<string, unknown>; required: string[] }>;
    };
    const shape = Object.values($defs).find(
      (each) => (each.properties?.type as { enum?: string[] } | undefined)?.enum?.[0] === type,
    );
    const begun = Object.keys({ type, ...begin() });
    expect(shape?.required.filter((field) => !begun.includes(field))).toEqual([]);
    expect(begun.filter((field) => !language.hasField(type, field))).toEqual([]);
    const required = new Set(shape?.required);
    for (const { id, needed } of exits.filter((exit) => language.hasField(type, exit.id)))
      expect([id, needed]).toEqual([id, required.has(id)]);
    const written = new Set([
      ...fields.flatMap(({ id, kind }) => (kind in TOGETHER ? TOGETHER[kind as "hours"] : [id])),
      ...exits.map(({ id }) => id),
    ]);
    const shown = Object.keys(shape?.properties ?? {}).filter(
      (field) => !["type", "comment"].includes(field) && !written.has(field),
    );
    expect(shown).toEqual([]);
  });
});

describe("what is known of what happens in a play", () => {
  const known = languageOf(JSON.parse(readFileSync("../docs/flow.schema.json", "utf8"))).facts(
    "ConversationTagged",
  );
  const flow: Definition = {
    ...blankFlow(texts("Reminds")),
    trigger: {
      on: "ConversationTagged",
      filter: "contains(event.added, 'vip') and not contains(conversation.tags, 'done')",
    },
    steps: {
      wait: {
        type: "wait",
        event: "ConversationTagged",
        filter: 'event.removed == "vip" and conversation.priority == 3',
      },
      say: { type: "note", text: texts("{{contact.name}} and event.addedness, {{event.actor}}") },
    },
  };

  test("only what the flow reads is asked for, with what its condition wants", () => {
    expect(known).toContain("event.added");
    expect(known).not.toContain("event.score");
    expect(factsRead(flow, known, null)).toEqual(
      [
        ["contact.name", ""],
        ["conversation.priority", ""],
        ["conversation.tags", ""],
        ["event.actor", ""],
        ["event.added", "vip"],
        ["event.removed", ""],
      ].map(([name, wanted]) => ({ name, wanted })),
    );
    expect(factsRead(flow, known, "wait")).toEqual(
      [
        ["conversation.priority", "3"],
        ["event.actor", ""],
        ["event.removed", "vip"],
      ].map(([name, wanted]) => ({ name, wanted })),
    );
    expect(factsRead(flow, known, "gone").map(({ name }) => name)).toEqual([
      "event.actor",
      "event.removed",
    ]);
  });

  test("numbers and yes and no are values, in the digits of three scripts", () => {
    expect(["3", " ۱۲ ", "٠.٥", "-7", "true", "false", "v2", "3,5", ""].map(factOf)).toEqual([
      ...[3, 12, 0.5, -7, true, false, "v2", "3,5", ""],
    ]);
  });
});

describe("what publishing waits for", () => {
  const problem = (code: string, language?: string, warning = false): FlowProblem => ({
    ...{ step: "menu", code, warning },
    params: language ? { language, text: "text" } : {},
  });
  const missing = [
    problem("text_missing", "fa"),
    problem("name_missing", "ar"),
    problem("text_missing", "ar"),
  ];

  test("can be only languages that are not whole", () => {
    expect(wholeLanguages(SHOP, missing)).toEqual(["en"]);
    expect(wholeLanguages(SHOP, [...missing, problem("text_missing", "en")])).toEqual([]);
    expect(wholeLanguages(SHOP, [...missing, problem("exit_dead")])).toEqual([]);
    expect(wholeLanguages(SHOP, [])).toEqual([]);
  });

  test("is no warning, and nothing of a language that is left out", () => {
    const found = [...missing, problem("unreachable", undefined, true)];
    expect(inTheWay(SHOP, found)).toEqual(missing);
    expect(inTheWay({ ...SHOP, languages: ["en"] }, found)).toEqual([]);
    expect(inTheWay({ ...SHOP, languages: ["en", "fa"] }, found)).toEqual(missing.slice(0, 1));
  });
});

test.each([
  ["Order status", [], "order_status"],
  ["  Café — 24h! ", [], "cafe_24h"],
  ["24 hours", [], "hours"],
  ["Order status", ["order_status", "order_status_2"], "order_status_3"],
  ["پیگیری سفارش", ["flow_1"], "flow_2"],
  ["؟!", [], "flow_1"],
  ["x".repeat(60), ["x".repeat(40)], `${"x".repeat(38)}_2`],
  ["", [], ""],
] as [string, string[], string][])("a key comes from the name %s", (name, taken, key) => {
  expect(keyFor(name, taken)).toBe(key);
});
