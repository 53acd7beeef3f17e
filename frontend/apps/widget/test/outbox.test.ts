import { beforeEach, describe, expect, it } from "vitest";
import * as outbox from "../src/state/outbox";

class FakeStore implements outbox.Store {
  readonly kept = new Map<string, string>();
  get length() {
    return this.kept.size;
  }
  key(index: number) {
    return [...this.kept.keys()][index] ?? null;
  }
  getItem(key: string) {
    return this.kept.get(key) ?? null;
  }
  setItem(key: string, value: string) {
    this.kept.set(key, value);
  }
  removeItem(key: string) {
    this.kept.delete(key);
  }
}

const item = (id: string, created_at: number, order = 0): outbox.Pending => ({
  client_id: id,
  text: id,
  attachments: [],
  created_at,
  order,
});
const ids = (of: outbox.Outbox) => of.map((i) => i.client_id);

describe("outbox", () => {
  let store: FakeStore;
  beforeEach(() => {
    store = new FakeStore();
  });
  const change = (before: outbox.Outbox, after: outbox.Outbox) => {
    outbox.save(store, "p.", before, after);
    return after;
  };

  it("keeps the order in which things were said, also within one millisecond", () => {
    let box: outbox.Outbox = [];
    for (const one of [item("b", 5, 1), item("a", 5, 0), item("c", 6, 2)])
      box = outbox.add(box, one);
    expect(ids(box)).toEqual(["a", "b", "c"]);
  });

  it("survives the page: what is stored is loaded in order", () => {
    const box = [item("late", 9), item("early", 1)].reduce(
      (all, one) => change(all, outbox.add(all, one)),
      [] as outbox.Outbox,
    );
    expect(outbox.load(store, "p.")).toEqual(box);
  });

  it("sets a refused one aside and lets the others go on, until it is tried again", () => {
    let box = outbox.refuse([item("a", 1), item("b", 2)], "a", "too_long");
    expect(outbox.next(box)?.client_id).toBe("b");
    expect(ids(outbox.refused(box))).toEqual(["a"]);
    box = outbox.retry(box, "a");
    expect(outbox.next(box)?.client_id).toBe("a");
    expect(outbox.refused(box)).toEqual([]);
  });

  it("does not touch what another page stored", () => {
    outbox.save(store, "p.", [], [item("theirs", 1)]);
    const mine = change([], [item("mine", 2)]);
    change(mine, outbox.remove(mine, "mine"));
    expect(ids(outbox.load(store, "p."))).toEqual(["theirs"]);
  });

  it("drops what it does not understand and leaves other keys alone", () => {
    store.setItem("p.x", '{"text":1}');
    store.setItem("p.y", "not json");
    store.setItem("other", "kept");
    expect(outbox.load(store, "p.")).toEqual([]);
    expect([...store.kept.keys()]).toEqual(["other"]);
  });
});
