import { describe, expect, it } from "vitest";
import { fieldFaults } from "./fields.ts";
import { foldKey, keyOf, partOf } from "./keys.ts";
import { batchesOf, planImport } from "./plan.ts";

const FIELDS = ["city", "phone"];

describe("what a table would bring", () => {
  it("takes columns by their headings, in any order and however they are written", () => {
    const plan = planImport("Phone; KEY ;City;\n'+98 21;b1; تهران ;\n;b2;;", FIELDS);
    expect(plan).toEqual({
      fault: null,
      key: null,
      rows: [
        { key: "b1", values: { city: "تهران", phone: "+98 21" } },
        { key: "b2", values: { city: "", phone: "" } },
      ],
      faults: [],
      left: [],
      missing: [],
    });
    expect(planImport("key,delivery price\nx,5", ["delivery_price"]).rows).toEqual([
      { key: "x", values: { delivery_price: "5" } },
    ]);
  });

  it("says which columns are no fields and which fields have no column", () => {
    const plan = planImport("key,Town,city\nb1,x,y", FIELDS);
    expect([plan.left, plan.missing]).toEqual([["Town"], ["phone"]]);
    expect(plan.rows).toEqual([{ key: "b1", values: { city: "y" } }]);
  });

  it("takes the first column as the key where it is no field and others are", () => {
    const plan = planImport("Branch,city\nb1,Tehran", ["city"]);
    expect([plan.fault, plan.key, plan.left]).toEqual([null, "Branch", []]);
    expect(plan.rows).toEqual([{ key: "b1", values: { city: "Tehran" } }]);
    expect(planImport("city,Branch\nTehran,b1", ["city"]).fault).toEqual({ code: "key_column" });
  });

  it.each([
    ["", { code: "empty" }],
    ["key,city\n", { code: "empty" }],
    ["b1,Tehran\nb2,Jeddah", { code: "key_column" }],
    ["key,City,city\nb1,a,b", { code: "column_twice", name: "city" }],
    ['key,city\nb1,"open', { code: "quote_open", line: 2 }],
    [`key\n${Array.from({ length: 20_001 }, (_, n) => n).join("\n")}`, { code: "rows_many" }],
  ])("%#: nothing of it", (text, fault) => {
    expect(planImport(text, FIELDS)).toMatchObject({ fault, rows: [] });
  });

  it("says line by line what is left out, and takes the rest", () => {
    const long = "x".repeat(201);
    const text = `key,city\nb1,a\n,b\n${long},c\nB۱,d\nb2,"${long.repeat(5)}"\nb3,e,f\n---,h\nb4,g\n`;
    const { rows, faults } = planImport(text, FIELDS);
    expect(rows.map(({ key }) => key)).toEqual(["b1", "b4"]);
    expect(faults).toEqual([
      { at: 3, code: "key_missing" },
      { at: 4, code: "key_long" },
      { at: 5, code: "key_twice", line: 2 },
      { at: 6, code: "value_long", field: "city" },
      { at: 7, code: "cells_many" },
      { at: 8, code: "key_unfit" },
    ]);
  });

  it("goes to the server in parts that it takes", () => {
    const row = (n: number, text = "") => ({ key: `k${n}`, values: { city: text } });
    const many = Array.from({ length: 2_500 }, (_, n) => row(n));
    expect(batchesOf(many).map((batch) => batch.length)).toEqual([1_000, 1_000, 500]);
    expect(batchesOf(many).flat()).toEqual(many);
    expect(batchesOf([])).toEqual([]);
    const large = Array.from({ length: 600 }, (_, n) => row(n, "ش".repeat(1_000)));
    const parts = batchesOf(large);
    expect(parts.flat()).toEqual(large);
    for (const rows of parts)
      expect(new TextEncoder().encode(JSON.stringify({ rows })).length).toBeLessThan(1 << 20);
  });
});

describe("keys", () => {
  it.each([
    ["تهران", "تهران "],
    ["كرمان", "کرمان"],
    ["B-12", "b ۱۲"],
    ["مكة", "مکه"],
    ["می‌خواهم", "میخواهم"],
    ["1٫5", "۱.۵"],
    ["São Paulo", "sao  paulo."],
  ])("%s is found as %s", (a, b) => expect(foldKey(a)).toBe(foldKey(b)));

  it.each(["a/b", "..", "100%", "%2f", "تهران / ۲", "b1"])("%s stands in an address", (key) => {
    expect(keyOf(partOf(key))).toBe(key);
    expect(partOf(key)).not.toMatch(/[/.]/);
  });
});

it("the names of fields", () => {
  expect(fieldFaults(["city", "City", "", "key", "city", "a_1"])).toEqual([
    null,
    "wrong",
    "wrong",
    "key",
    "twice",
    null,
  ]);
});
