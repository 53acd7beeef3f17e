import type { CompanyRecord, KeptRecord, KeptRecordKind } from "@wasl/api";
import { foldKey } from "../src/settings/records/keys.ts";
import type { World } from "./facts.ts";
import { type Body, found, Refused } from "./settings/route.ts";

/** Records over a small shop: branches by city, and delivery prices. */
interface Kept extends Omit<KeptRecordKind, "count"> {
  rows: KeptRecord[];
}
type RecordRoute = [
  string,
  RegExp,
  (kinds: Kept[], path: string[], body: Body, query: URLSearchParams) => unknown,
];

const HOUR = 3_600_000;
const PAGE = 50;
const row = (key: string, values: Record<string, string>, hours: number): KeptRecord => ({
  key,
  values,
  changed_at: new Date(Date.now() - hours * HOUR).toISOString(),
});

const BRANCHES = [
  ["تهران", "خیابان ولیعصر، پلاک ۱۲", "+98 21 8800 1212"],
  ["اصفهان", "چهارباغ بالا", "+98 31 3660 4040"],
  ["جدة", "شارع التحلية ١٤", "+966 12 660 1414"],
  ["دبي", "Al Wasl Road 7", "+971 4 344 7007"],
  ["Berlin", "Torstraße 9", "+49 30 2200 909"],
] as const;

const makeKinds = (): Kept[] => [
  {
    key: "branches",
    names: { en: "Branches", fa: "شعبه‌ها", ar: "الفروع" },
    fields: ["address", "phone", "hours"],
    flows: [],
    rows: BRANCHES.map(([key, address, phone], n) =>
      row(key, { address, phone, hours: n % 2 ? "9:00–17:00" : "10:00–20:00" }, 9 * n),
    ),
  },
  {
    key: "delivery",
    names: { en: "Delivery prices", fa: "هزینهٔ ارسال", ar: "أسعار التوصيل" },
    fields: ["price", "days"],
    flows: [],
    rows: Array.from({ length: 120 }, (_, n) =>
      row(String(10_000 + 137 * n), { price: String(4 + (n % 5)), days: String(1 + (n % 3)) }, 30),
    ),
  },
];

const kindOf = (kinds: Kept[], key: string | undefined) =>
  found(kinds.find((each) => each.key === key));
const sorted = (rows: KeptRecord[]) =>
  [...rows].sort((a, b) => (foldKey(a.key) < foldKey(b.key) ? -1 : 1));
const textOf = ({ key, values }: KeptRecord) => foldKey([key, ...Object.values(values)].join(" "));

const ROUTES: RecordRoute[] = [
  [
    "GET",
    /^\/records$/,
    (kinds) => ({ items: kinds.map(({ rows, ...kind }) => ({ ...kind, count: rows.length })) }),
  ],
  [
    "PUT",
    /^\/records\/([^/]+)$/,
    (kinds, [key = ""], body) => {
      const given = body as unknown as Pick<KeptRecordKind, "names" | "fields">;
      const before = kinds.find((each) => each.key === key);
      if (before) Object.assign(before, given);
      else kinds.push({ key, ...given, flows: [], rows: [] });
      return null;
    },
  ],
  [
    "DELETE",
    /^\/records\/([^/]+)$/,
    (kinds, [key]) => {
      const kind = kindOf(kinds, key);
      if (kind.flows.length)
        throw new Refused(409, "records_in_use", { flows: kind.flows.map((flow) => flow.key) });
      kinds.splice(kinds.indexOf(kind), 1);
      return null;
    },
  ],
  [
    "GET",
    /^\/records\/([^/]+)\/rows$/,
    (kinds, [key], _, query) => {
      const q = foldKey(query.get("q") ?? "");
      const after = query.get("after");
      const limit = Number(query.get("limit") ?? PAGE);
      const fits = sorted(kindOf(kinds, key).rows).filter(
        (each) => textOf(each).includes(q) && (after === null || foldKey(each.key) > after),
      );
      const items = fits.slice(0, limit);
      return { items, next: fits.length > limit ? foldKey(items.at(-1)?.key ?? "") : null };
    },
  ],
  [
    "PUT",
    /^\/records\/([^/]+)\/rows$/,
    (kinds, [key], body) => {
      const kind = kindOf(kinds, key);
      const counts = { added: 0, changed: 0 };
      const byKey = new Map(kind.rows.map((each) => [foldKey(each.key), each]));
      for (const { key: own, values } of body.rows as CompanyRecord[]) {
        counts[byKey.has(foldKey(own)) ? "changed" : "added"]++;
        byKey.set(foldKey(own), row(own, values, 0));
      }
      kind.rows = [...byKey.values()];
      return counts;
    },
  ],
  [
    "DELETE",
    /^\/records\/([^/]+)\/rows$/,
    (kinds, [key], _, query) => {
      const kind = kindOf(kinds, key);
      const folded = foldKey(query.get("key") ?? "");
      kind.rows = kind.rows.filter((each) => foldKey(each.key) !== folded);
      return null;
    },
  ],
];

const places = new WeakMap<World, Kept[]>();

/** These routes as the settings' mock has them. */
export const recordRoutes = <P extends { world: World }>(): [
  string,
  RegExp,
  (place: P, path: string[], body: Body, query: URLSearchParams) => unknown,
][] =>
  ROUTES.map(([method, pattern, run]) => [
    method,
    pattern,
    ({ world }, path, body, query) => {
      const kinds = places.get(world) ?? makeKinds();
      places.set(world, kinds);
      return run(kinds, path, body, query);
    },
  ]);
