/** What the wallboard reckons from what the server pushes. Pure. */
import type { BoardPoint, FloorAgent, QueueBoard, UnmetNeed, WallLayout } from "@wasl/api";

export type Group = "available" | "handling" | "wrap_up" | "away";
export const GROUPS: readonly Group[] = ["available", "handling", "wrap_up", "away"];
export type Level = "ok" | "warn" | "bad";

const NEAR = 0.75; // of a limit: somebody should look before it is broken
const FAR_POINTS = 5; // under a target by more than this is red

/** Work in hand comes before what somebody has declared. */
export function groupOf(agent: FloorAgent): Group | null {
  if (agent.held.some((one) => one.state === "active")) return "handling";
  if (agent.held.length) return "wrap_up";
  return agent.presence === "offline" ? null : agent.presence;
}

export function sinceOf(agent: FloorAgent): string | null {
  const group = groupOf(agent);
  if (group === "away") return agent.presence_since;
  const doing = group === "handling" ? "active" : "wrap_up";
  // the server lists what is in hand oldest first
  return agent.held.find((one) => one.state === doing)?.since ?? agent.since;
}

export type Staff = Record<Group, number>;
const nobody = (): Staff => ({ available: 0, handling: 0, wrap_up: 0, away: 0 });

export function byState(agents: FloorAgent[]): Record<Group, FloorAgent[]> {
  const groups: Record<Group, FloorAgent[]> = {
    available: [],
    handling: [],
    wrap_up: [],
    away: [],
  };
  for (const agent of agents) {
    const group = groupOf(agent);
    if (group) groups[group].push(agent);
  }
  const key = (agent: FloorAgent) => sinceOf(agent) ?? "";
  for (const group of GROUPS)
    groups[group].sort((a, b) => key(a).localeCompare(key(b)) || a.id.localeCompare(b.id));
  return groups;
}

/** One agent counts in each of their queues, so that these don't add up to the headcount. */
export function staffOf(agents: FloorAgent[]): Map<string, Staff> {
  const found = new Map<string, Staff>();
  for (const agent of agents) {
    const group = groupOf(agent);
    if (!group) continue;
    for (const id of agent.queue_ids) {
      const staff = found.get(id) ?? nobody();
      staff[group] += 1;
      found.set(id, staff);
    }
  }
  return found;
}

/** The queue's own service level. */
export const levelOf = (board: QueueBoard): number | null =>
  board.service_levels[board.target.variant];

export function judgeLevel(board: QueueBoard): Level {
  const level = levelOf(board);
  const missing = level === null ? 0 : board.target.percent - level * 100;
  return missing <= 0 ? "ok" : missing > FAR_POINTS ? "bad" : "warn";
}

export const waitOf = (board: QueueBoard, now: number): number | null =>
  board.waiting_since === null ? null : Math.max(0, (now - Date.parse(board.waiting_since)) / 1000);

export function judgeWait(board: QueueBoard, now: number): Level {
  const wait = waitOf(board, now) ?? 0;
  const limit = board.target.longest_wait_s;
  return wait > limit ? "bad" : wait > NEAR * limit ? "warn" : "ok";
}

export const judgeAbandon = (board: QueueBoard): Level =>
  (board.abandon_rate ?? 0) * 100 > board.target.abandon_percent ? "bad" : "ok";

export interface Totals {
  waiting: number;
  /** The queue in which somebody waits longest. */
  longest: QueueBoard | null;
  /** Answered within each queue's own time, of all that came. */
  level: number | null;
  onTarget: number;
  judged: number;
  abandonRate: number | null;
  abandoned: number;
  meanWait: number | null;
  answered: number;
  points: BoardPoint[];
}

export function totalsOf(boards: QueueBoard[]): Totals {
  const sum = (of: (board: QueueBoard) => number) =>
    boards.reduce((total, board) => total + of(board), 0);
  const answered = sum((b) => b.answered);
  const abandoned = sum((b) => b.abandoned);
  const late = sum((b) => b.abandoned - b.abandoned_short);
  const judged = boards.filter((b) => levelOf(b) !== null);
  let longest: QueueBoard | null = null;
  for (const board of boards)
    if (board.waiting_since && board.waiting_since < (longest?.waiting_since ?? "~"))
      longest = board;
  const share = (part: number, of: number) => (of ? part / of : null);
  return {
    waiting: sum((b) => b.waiting),
    longest,
    level: share(
      sum((b) => b.in_target),
      answered + abandoned,
    ),
    onTarget: judged.filter((b) => judgeLevel(b) === "ok").length,
    judged: judged.length,
    abandonRate: share(late, answered + late),
    abandoned,
    meanWait: share(
      sum((b) => (b.mean_wait_s ?? 0) * b.answered),
      answered,
    ),
    answered,
    points: together(boards),
  };
}

/** The points of all queues, one beside the other; a queue's newest figure goes on until now. */
export function together(boards: QueueBoard[]): BoardPoint[] {
  const times = new Set(boards.flatMap((board) => board.points.map((p) => Date.parse(p.at))));
  const sums = [...times]
    .sort((a, b) => a - b)
    .slice(-24)
    .map((at) => ({ at, waiting: 0, answered: 0, in_target: 0, abandoned: 0 }));
  for (const board of boards) {
    let next = 0;
    let waiting = 0;
    for (const sum of sums) {
      for (; next < board.points.length; next++) {
        const point = board.points[next] as BoardPoint;
        const at = Date.parse(point.at);
        if (at > sum.at) break;
        waiting = point.waiting;
        if (at < sum.at) continue;
        sum.answered += point.answered;
        sum.in_target += point.in_target;
        sum.abandoned += point.abandoned;
      }
      sum.waiting += waiting;
    }
  }
  return sums.map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest }));
}

export interface Bar {
  at: number;
  in_target: number;
  offered: number;
}
const BAR_MS = 15 * 60_000;
const BARS = 8;

/** What came in during the last two hours, by quarters of an hour. */
export function barsOf(points: BoardPoint[], now: number): Bar[] {
  const last = Math.floor(now / BAR_MS) * BAR_MS;
  const bars = Array.from({ length: BARS }, (_, index) => ({
    at: last - (BARS - 1 - index) * BAR_MS,
    in_target: 0,
    offered: 0,
  }));
  for (const point of points) {
    const bar =
      bars[BARS - 1 - (last - Math.floor(Date.parse(point.at) / BAR_MS) * BAR_MS) / BAR_MS];
    if (!bar) continue;
    bar.in_target += point.in_target;
    bar.offered += point.answered + point.abandoned;
  }
  return bars;
}

export interface Alert {
  id: string;
  kind: "wait_over" | "wait_near" | "nobody" | "abandon" | "level" | "wrap_up" | "unmet";
  level: "bad" | "warn";
  board?: QueueBoard;
  agent?: FloorAgent;
  need?: UnmetNeed;
  /** When it began, where that is known (ms). */
  began: number | null;
}

/** Limits that are broken first, then the nearest to breaking. */
export function alertsOf(
  boards: QueueBoard[],
  agents: FloorAgent[],
  staff: Map<string, Staff>,
  now: number,
): Alert[] {
  const found: Alert[] = [];
  const add = (kind: Alert["kind"], level: Alert["level"], of: QueueBoard, began?: number) =>
    found.push({ id: `${kind}:${of.id}`, kind, level, board: of, began: began ?? null });
  for (const board of boards) {
    const wait = judgeWait(board, now);
    const since = board.waiting_since ? Date.parse(board.waiting_since) : 0;
    const limit = board.target.longest_wait_s * 1000;
    if (wait === "bad") add("wait_over", "bad", board, since + limit);
    if (wait === "warn") add("wait_near", "warn", board, since + NEAR * limit);
    const there = staff.get(board.id);
    if (board.waiting && !(there && there.available + there.handling + there.wrap_up))
      add("nobody", "bad", board, since);
    for (const need of board.needs) {
      const skills = need.lacking.map(({ name, least }) => `${name} ${least}`).join();
      const id = `unmet:${board.id}:${skills}`;
      const began = Date.parse(need.waiting_since);
      found.push({ id, kind: "unmet", level: "bad", board, need, began });
    }
    if (judgeAbandon(board) === "bad") add("abandon", "bad", board);
    const level = judgeLevel(board);
    if (level !== "ok") add("level", level, board);
  }
  for (const agent of agents) {
    const ends = agent.wrap_up_ends_at ? Date.parse(agent.wrap_up_ends_at) : now;
    if (groupOf(agent) === "wrap_up" && ends < now)
      found.push({ id: `wrap_up:${agent.id}`, kind: "wrap_up", level: "warn", agent, began: ends });
  }
  const order = (alert: Alert) => (alert.level === "bad" ? 0 : 1);
  return found.sort(
    (a, b) =>
      order(a) - order(b) ||
      (a.began ?? Number.POSITIVE_INFINITY) - (b.began ?? Number.POSITIVE_INFINITY) ||
      a.id.localeCompare(b.id),
  );
}

/** The queues that a layout shows, in its order; queues that are gone are left out. */
export function arranged(boards: QueueBoard[], layout: WallLayout | null): QueueBoard[] {
  if (!layout?.queue_ids) return boards;
  const known = new Map(boards.map((board) => [board.id, board]));
  return layout.queue_ids.flatMap((id) => known.get(id) ?? []);
}
