import type { Place } from "./place.ts";

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly params: object = {},
  ) {
    super(code);
  }
}

export type Body = Record<string, unknown>;
export type Route = [
  string,
  RegExp,
  (place: Place, path: string[], body: Body, query: URLSearchParams) => unknown,
];

export const found = <T>(item: T | undefined): T => {
  if (!item) throw new Refused(404, "not_found");
  return item;
};
export const byId = <T extends { id: string }>(items: T[], id: string | undefined) =>
  found(items.find((each) => each.id === id));
export const without = <T extends { id: string }>(items: T[], id: string | undefined) => {
  byId(items, id);
  items.splice(
    items.findIndex((each) => each.id === id),
    1,
  );
  return null;
};
