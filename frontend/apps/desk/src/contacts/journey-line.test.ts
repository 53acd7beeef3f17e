import type { JourneyPoint } from "@wasl/api";
import { describe, expect, it } from "vitest";
import { inSpan, stretches, summaryOf } from "./journey-line.ts";

const message = (at: string, interaction: string, kind = "email", open = false): JourneyPoint => ({
  at,
  kind: "message",
  channel_kind: kind,
  conversation_id: `c-${interaction}`,
  number: "W-1",
  interaction_id: interaction,
  order_code: null,
  open,
});
const order = (at: string, code: string): JourneyPoint => ({
  at,
  kind: "order",
  channel_kind: null,
  conversation_id: null,
  number: null,
  interaction_id: null,
  order_code: code,
  open: false,
});
const NOW = new Date("2026-11-21T12:00:00Z");

describe("the line of a journey", () => {
  it("puts points of one interaction in one capsule, open as soon as one of them is", () => {
    const line = stretches([
      message("2026-11-20T10:00:00Z", "a"),
      message("2026-11-21T10:00:00Z", "a", "web_chat", true),
      message("2026-11-21T11:00:00Z", "b"),
    ]);
    expect(line.map((each) => each.type)).toEqual(["interaction", "interaction"]);
    expect(line[0]).toMatchObject({ open: true, points: [{}, {}] });
    expect(line[1]).toMatchObject({ open: false, points: [{}] });
  });

  it("parts an interaction where an order came between", () => {
    const line = stretches([
      message("2026-11-18T10:00:00Z", "a"),
      order("2026-11-19T10:00:00Z", "A-1"),
      message("2026-11-20T10:00:00Z", "a"),
    ]);
    expect(line.map((each) => each.type)).toEqual(["interaction", "order", "interaction"]);
    expect(new Set(line.map((each) => each.key)).size).toBe(3);
  });

  it("folds a silence of more than thirty days, but never inside one interaction", () => {
    const line = stretches([
      order("2026-01-01T00:00:00Z", "A-1"),
      order("2026-01-31T00:00:00Z", "A-2"),
      message("2026-03-31T00:00:00Z", "a"),
      message("2026-06-30T00:00:00Z", "a"),
    ]);
    expect(line.map((each) => each.type)).toEqual(["order", "order", "gap", "interaction"]);
    expect(line[2]).toMatchObject({ seconds: 59 * 86_400 });
  });

  it("is in order whatever came first, and can be cut to a year or to what is open", () => {
    const points = [
      message("2026-11-20T10:00:00Z", "b", "email", true),
      order("2024-11-20T10:00:00Z", "A-1"),
      message("2026-02-01T10:00:00Z", "a"),
    ];
    expect(inSpan(points, "all", NOW).map(({ at }) => at.slice(0, 4))).toEqual([
      "2024",
      "2026",
      "2026",
    ]);
    expect(inSpan(points, "year", NOW)).toHaveLength(2);
    expect(inSpan(points, "open", NOW).map((each) => each.interaction_id)).toEqual(["b"]);
  });

  it("counts contacts, channels, interactions and orders", () => {
    const points = [
      message("2026-11-18T10:00:00Z", "a"),
      message("2026-11-19T10:00:00Z", "a", "web_chat"),
      message("2026-11-20T10:00:00Z", "b"),
      order("2026-11-20T11:00:00Z", "A-1"),
    ];
    expect(summaryOf(points)).toEqual({ contacts: 3, channels: 2, interactions: 2, orders: 1 });
  });
});
