import type { BoardPoint, FloorAgent, QueueBoard } from "@wasl/api";
import { describe, expect, it } from "vitest";
import {
  alertsOf,
  arranged,
  barsOf,
  byState,
  groupOf,
  judgeLevel,
  judgeWait,
  sinceOf,
  staffOf,
  together,
  totalsOf,
} from "./figures.ts";

const NOON = Date.parse("2026-11-21T12:00:00Z");
const ago = (seconds: number) => new Date(NOON - seconds * 1000).toISOString();

const board = (id: string, more: Partial<QueueBoard> = {}): QueueBoard => ({
  id,
  name: id,
  names: { en: id, fa: id, ar: id },
  day_began_at: null,
  waiting: 0,
  callbacks: 0,
  late: 0,
  waiting_since: null,
  expected_wait_s: null,
  target: {
    variant: "offered",
    percent: 80,
    within_s: 60,
    short_s: 5,
    longest_wait_s: 60,
    abandon_percent: 5,
  },
  service_levels: { offered: null, without_short: null, short_met: null, answered: null },
  answered: 0,
  in_target: 0,
  abandoned: 0,
  abandoned_short: 0,
  abandon_rate: null,
  mean_wait_s: null,
  called_back: 0,
  handled: 0,
  mean_handling_s: null,
  points: [],
  needs: [],
  version: 1,
  ...more,
});
const agent = (id: string, more: Partial<FloorAgent> = {}): FloorAgent => ({
  id,
  name: id,
  presence: "available",
  reason: null,
  presence_since: ago(600),
  state: "idle",
  since: ago(60),
  wrap_up_ends_at: null,
  held: [],
  queue_ids: ["q"],
  skills: {},
  version: 1,
  ...more,
});
const held = (state: "active" | "wrap_up", since: string): FloorAgent["held"] => [
  { conversation_id: "c", queue_id: "q", kind: "email", state, since },
];
const point = (seconds: number, more: Partial<BoardPoint> = {}): BoardPoint => ({
  at: ago(seconds),
  waiting: 0,
  answered: 0,
  in_target: 0,
  abandoned: 0,
  ...more,
});
const level = (share: number) => ({
  offered: share,
  without_short: share,
  short_met: share,
  answered: share,
});

describe("agents", () => {
  it("are grouped by what they do before what they say", () => {
    expect(groupOf(agent("a", { presence: "away", held: held("active", ago(9)) }))).toBe(
      "handling",
    );
    expect(groupOf(agent("a", { state: "offered" }))).toBe("available");
    const busy = agent("a", { state: "offered", since: ago(1), held: held("active", ago(9)) });
    expect([groupOf(busy), sinceOf(busy)]).toEqual(["handling", ago(9)]);
    expect(groupOf(agent("a", { presence: "offline" }))).toBeNull();
  });
  it("stand in their group longest first", () => {
    const some = [agent("new", { since: ago(5) }), agent("old", { since: ago(500) })];
    expect(byState(some).available.map((a) => a.id)).toEqual(["old", "new"]);
  });
  it("count in each of their queues", () => {
    const staff = staffOf([
      agent("a", { queue_ids: ["q", "r"] }),
      agent("b", { presence: "away" }),
    ]);
    expect(staff.get("q")).toEqual({ available: 1, handling: 0, wrap_up: 0, away: 1 });
    expect(staff.get("r")?.available).toBe(1);
  });
});

describe("limits", () => {
  it("judge a wait by the queue's own longest", () => {
    expect(judgeWait(board("q", { waiting_since: ago(40) }), NOON)).toBe("ok");
    expect(judgeWait(board("q", { waiting_since: ago(50) }), NOON)).toBe("warn");
    expect(judgeWait(board("q", { waiting_since: ago(61) }), NOON)).toBe("bad");
  });
  it("judge a service level by its target", () => {
    expect(judgeLevel(board("q"))).toBe("ok");
    expect(judgeLevel(board("q", { service_levels: level(0.78) }))).toBe("warn");
    expect(judgeLevel(board("q", { service_levels: level(0.7) }))).toBe("bad");
  });
});

describe("totals", () => {
  it("add up what may be added up", () => {
    const totals = totalsOf([
      board("q", {
        waiting: 2,
        waiting_since: ago(20),
        answered: 6,
        in_target: 3,
        mean_wait_s: 10,
      }),
      board("r", {
        waiting: 1,
        waiting_since: ago(90),
        answered: 2,
        in_target: 2,
        mean_wait_s: 50,
      }),
      board("s", { abandoned: 2, abandoned_short: 1 }),
    ]);
    expect(totals.waiting).toBe(3);
    expect(totals.longest?.id).toBe("r");
    expect(totals.level).toBe(0.5);
    expect(totals.abandonRate).toBeCloseTo(1 / 9);
    expect(totals.meanWait).toBe(20);
  });
  it("are nothing of nothing", () => {
    expect(totalsOf([])).toMatchObject({ waiting: 0, level: null, abandonRate: null, points: [] });
  });
  it("carry on a queue whose point has not come yet", () => {
    const found = together([
      board("q", { points: [point(600, { waiting: 2 }), point(300, { waiting: 3, answered: 1 })] }),
      board("r", { points: [point(600, { waiting: 1 })] }),
    ]);
    expect(found.map((p) => p.waiting)).toEqual([3, 4]);
    expect(found.map((p) => p.answered)).toEqual([0, 1]);
  });
  it("are put in quarters of an hour", () => {
    const bars = barsOf(
      [
        point(0, { answered: 2, in_target: 1 }),
        point(300, { abandoned: 1 }),
        point(900, { answered: 4, in_target: 4 }),
        point(9000, { answered: 9 }),
      ],
      NOON + 60_000,
    );
    expect(bars).toHaveLength(8);
    expect(bars.at(-1)).toEqual({ at: NOON, in_target: 1, offered: 2 });
    expect(bars.at(-2)).toMatchObject({ in_target: 4, offered: 5 });
    expect(bars.reduce((sum, bar) => sum + bar.offered, 0)).toBe(7);
  });
});

describe("alerts", () => {
  const found = (boards: QueueBoard[], agents: FloorAgent[]) =>
    alertsOf(boards, agents, staffOf(agents), NOON).map((alert) => alert.id);
  it("are none where nothing is wrong", () => {
    expect(found([board("q", { waiting: 1, waiting_since: ago(5) })], [agent("a")])).toEqual([]);
  });
  it("begin with what is broken, the oldest first", () => {
    const boards = [
      board("near", { waiting: 1, waiting_since: ago(50) }),
      board("late", { waiting: 1, waiting_since: ago(100) }),
      board("later", { waiting: 1, waiting_since: ago(200) }),
      board("left", { abandon_rate: 0.2 }),
    ];
    const there = agent("a", { queue_ids: ["near", "late", "later"] });
    expect(found(boards, [there])).toEqual([
      "wait_over:later",
      "wait_over:late",
      "abandon:left",
      "wait_near:near",
    ]);
  });
  it("tell of a queue where nobody is, and of a wrap-up over its time", () => {
    const wraps = agent("w", {
      held: held("wrap_up", ago(30)),
      wrap_up_ends_at: ago(1),
      queue_ids: [],
    });
    expect(found([board("q", { waiting: 1, waiting_since: ago(5) })], [wraps])).toEqual([
      "nobody:q",
      "wrap_up:w",
    ]);
  });
  it("tell of each thing that is waited for and that nobody can do", () => {
    const need = {
      away: 0,
      waiting: 2,
      waiting_since: ago(30),
      conversation: { id: "c", number: 1001 },
    };
    const needs = [
      { ...need, lacking: [{ name: "returns", least: 4 }] },
      { ...need, lacking: [], waiting_since: ago(40) },
    ];
    const there = agent("a");
    expect(found([board("q", { waiting: 4, waiting_since: ago(40), needs })], [there])).toEqual([
      "unmet:q:",
      "unmet:q:returns 4",
    ]);
  });
});

describe("a layout", () => {
  const boards = [board("a"), board("b"), board("c")];
  const layout = (queue_ids: string[] | null) => ({
    id: "l",
    name: "l",
    shared: false,
    own: true,
    columns: [],
    queue_ids,
  });
  it("shows its queues in its order, without those that are gone", () => {
    expect(arranged(boards, layout(["c", "gone", "a"])).map(({ id }) => id)).toEqual(["c", "a"]);
  });
  it("shows every queue where it names none", () => {
    expect(arranged(boards, layout(null))).toBe(boards);
    expect(arranged(boards, null)).toBe(boards);
  });
});
