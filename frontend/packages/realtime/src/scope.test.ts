import { describe, expect, test } from "vitest";
import {
  applyFrame,
  EMPTY_SCOPE,
  itemsOf,
  putItem,
  type ScopeFrame,
  type ScopeState,
} from "./scope.ts";

const put = (id: string, v: number, cursor = String(v)): ScopeFrame => ({
  t: "put",
  scope: "s",
  cursor,
  kind: "c",
  id,
  v,
  data: `${id}${v}`,
});
const drop = (id: string, v: number): ScopeFrame => ({
  t: "drop",
  scope: "s",
  cursor: "x",
  kind: "c",
  id,
  v,
});
const after = (...frames: ScopeFrame[]): ScopeState => frames.reduce(applyFrame, EMPTY_SCOPE);
const seen = (state: ScopeState) => itemsOf<string>(state, "c").sort();

describe("a scope", () => {
  test("takes a put and remembers the cursor", () => {
    const state = after(put("a", 1), put("b", 2));
    expect(seen(state)).toEqual(["a1", "b2"]);
    expect(state.cursor).toBe("2");
  });

  test("ignores what is older than it knows, whatever the order", () => {
    expect(seen(after(put("a", 3), put("a", 2)))).toEqual(["a3"]);
    expect(seen(after(put("a", 2), put("a", 3), put("a", 3)))).toEqual(["a3"]);
  });

  test("forgets a dropped item and does not take it back from an older put", () => {
    expect(seen(after(put("a", 1), drop("a", 2), put("a", 1)))).toEqual([]);
    expect(seen(after(put("a", 1), drop("a", 2), put("a", 3)))).toEqual(["a3"]);
  });

  test("keeps an item that is newer than its drop", () => {
    expect(seen(after(put("a", 3), drop("a", 2)))).toEqual(["a3"]);
  });

  test("is replaced as a whole by a snapshot", () => {
    const items = [{ kind: "c", id: "b", v: 1, data: "b1" }];
    const state = after(put("a", 9), drop("b", 5), {
      t: "snapshot",
      scope: "s",
      cursor: "n",
      items,
    });
    expect(seen(state)).toEqual(["b1"]);
    expect(state).toMatchObject({ cursor: "n", ready: true, error: null });
  });

  test("keeps its items when the server says an error", () => {
    const state = after(put("a", 1), { t: "error", scope: "s", code: "not_found" });
    expect(seen(state)).toEqual(["a1"]);
    expect(state.error).toBe("not_found");
  });

  test("takes an HTTP answer under the same rule, without moving the cursor", () => {
    const state = putItem(after(put("a", 2)), { kind: "c", id: "a", v: 1, data: "old" });
    expect(seen(putItem(state, { kind: "c", id: "a", v: 3, data: "a3" }))).toEqual(["a3"]);
    expect(state.cursor).toBe("2");
  });

  test("ends the same for every order of the same frames", () => {
    const frames = [put("a", 1), put("a", 2), drop("b", 4), put("b", 3), put("c", 1)];
    const wanted = seen(after(...frames));
    for (let turn = 0; turn < frames.length; turn++) {
      const turned = [...frames.slice(turn), ...frames.slice(0, turn)];
      expect(seen(after(...turned))).toEqual(wanted);
      expect(seen(after(...turned.reverse()))).toEqual(wanted);
    }
  });
});
