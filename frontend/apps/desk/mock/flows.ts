import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type {
  Automation,
  AutomationRun,
  Booking,
  BookingCalendar,
  FlowDraft,
  FlowSecret,
  FlowStatistics,
  KeptCalendar,
} from "@wasl/api";
import { totalsOf } from "../src/flows/versions/totals.ts";
import { uid, type World } from "./facts.ts";

/** The routes of flows and of what stands beside them, over a small shop. */
type Body = Record<string, unknown>;
type Flow = FlowDraft<Record<string, unknown>> & { published_draft: Record<string, unknown> };
interface Shop {
  flows: Flow[];
  calendars: KeptCalendar[];
  bookings: (Booking & { calendar: string; cancelled: boolean })[];
  secrets: FlowSecret[];
  automations: Automation[];
  runs: AutomationRun[];
}
type FlowRoute = [
  string,
  RegExp,
  (shop: Shop, path: string[], body: Body, query: URLSearchParams) => unknown,
];

const SCHEMA = fileURLToPath(new URL("../../../../docs/flow.schema.json", import.meta.url));
const HOUR = 3_600_000;
const at = (ms: number) => new Date(Date.now() + ms).toISOString();
const t = (en: string, fa: string, ar: string) => ({ en, fa, ar });

const GREETING = {
  schema: "wasl.flow/1",
  name: t("Naranj assistant", "دستیار نارنج", "مساعد نارنج"),
  languages: ["en", "fa", "ar"],
  start: "menu",
  person: "people",
  steps: {
    menu: {
      type: "menu",
      text: t("What is it about?", "دربارهٔ چه چیزی می‌پرسید؟", "بمَ يمكنني مساعدتك؟"),
      entries: [
        { label: t("Book a visit", "رزرو بازدید", "حجز زيارة"), next: "visit" },
        { label: t("Talk to a person", "صحبت با یک نفر", "التحدث إلى موظف"), next: "people" },
      ],
    },
    visit: { type: "book", calendar: "visits", save: "visit", booked: "bye", none: "people" },
    people: { type: "handover" },
    bye: { type: "end", text: t("See you!", "به امید دیدار!", "إلى اللقاء!") },
  },
};
const TAGGING = {
  schema: "wasl.flow/1",
  name: t("Marks refunds", "برچسب بازگشت وجه", "وسم طلبات الاسترداد"),
  languages: ["en", "fa", "ar"],
  start: "tag",
  steps: { tag: { type: "tag", tags: ["refund"], next: "end" }, end: { type: "end" } },
  trigger: { on: "keyword", filter: "contains(said, 'refund')" },
};

function makeShop(world: World): Shop {
  const flow = (key: string, definition: Flow["draft"], channels: string[]): Flow => ({
    id: uid(),
    key,
    names: definition.name as Flow["names"],
    published: 1,
    channel_ids: channels,
    changed_at: at(-HOUR),
    archived_at: null,
    version: 2,
    draft: definition,
    published_draft: definition,
    problems: [],
    versions: [
      {
        number: 1,
        published_at: at(-24 * HOUR),
        published_by: world.user.id,
        published_by_name: world.user.name,
        restored: null,
        runs: 120,
        ended: 110,
        contained: 74,
      },
    ],
    publish_at: null,
  });
  const greeting = flow("assistant", GREETING, []);
  const tagging = flow("refunds", TAGGING, []);
  const conversations = [...world.conversations.values()];
  const ref = ({ id, key, names }: Flow) => ({ id, key, names });
  const run = (status: AutomationRun["status"], more: Partial<AutomationRun>): AutomationRun => ({
    id: uid(),
    conversation_id: conversations[0]?.id ?? "",
    conversation: conversations[0]
      ? {
          id: conversations[0].id,
          number: conversations[0].number,
          contact_name: conversations[0].contact.name,
        }
      : null,
    status,
    reason: "",
    chain: ["refunds"],
    version: 1,
    started_by: "keyword",
    step: "tag",
    started_at: at(-HOUR),
    ended_at: at(-HOUR),
    ...more,
  });
  return {
    flows: [greeting, tagging],
    calendars: [
      {
        key: "visits",
        names: t("Showroom visits", "بازدید نمایشگاه", "زيارات المعرض"),
        zone: "Europe/Berlin",
        weekly: Array.from({ length: 7 }, (_, day) => (day < 5 ? [["10:00", "18:00"]] : [])),
        holidays: [],
        slot_min: 30,
        places: 2,
        to_come: 3,
        flows: [ref(greeting)],
      },
    ],
    bookings: [...world.contacts.values()].slice(0, 3).map((contact, n) => ({
      id: uid(),
      calendar: "visits",
      cancelled: false,
      starts_at: at((n + 1) * 5 * HOUR),
      place: 1,
      contact_id: contact.id,
      contact_name: contact.name,
      conversation_id: conversations[n]?.id ?? "",
      booked_at: at(-2 * HOUR),
    })),
    secrets: [{ name: "erp", changed_at: at(-48 * HOUR), flows: [ref(greeting)] }],
    automations: [
      {
        flow_id: tagging.id,
        key: tagging.key,
        names: tagging.names,
        on: "keyword",
        filter: TAGGING.trigger.filter,
        after_s: null,
        active: true,
        armed_at: at(-24 * HOUR),
      },
    ],
    runs: [
      run("finished", {}),
      run("failed", { reason: "divided_by_zero" }),
      run("stopped", { reason: "loop", step: null, chain: ["refunds", "praise", "refunds"] }),
      run("running", { ended_at: null }),
    ],
  };
}

const one = <T>(found: T | undefined): T => {
  if (found === undefined) throw new Error("the mock has no such thing");
  return found;
};
const flowOf = (shop: Shop, id: string | undefined) => one(shop.flows.find((f) => f.id === id));
const statistics = (flow: Flow): FlowStatistics => ({
  number: 1,
  runs: 120,
  running: 10,
  finished: 74,
  handed_over: 30,
  asked_for_person: 12,
  taken_over: 4,
  failed: 2,
  steps: Object.keys(flow.published_draft.steps as object).map((step, n) => ({
    flow: "",
    step,
    runs: 120 - 20 * n,
    fell_silent: 4,
    handed_over: 6,
    taken_over: 1,
  })),
  ways: [],
});

const isListed = ({ archived_at }: Flow, query: URLSearchParams) =>
  (archived_at !== null) === (query.get("archived") === "true");

const ROUTES: FlowRoute[] = [
  [
    "GET",
    /^\/flows$/,
    ({ flows }, _, __, query) => ({
      items: flows
        .filter((flow) => isListed(flow, query))
        .map((flow) => ({
          ...flow,
          errors: 0,
          warnings: 0,
          live: flow.versions[0] ?? null,
          totals: totalsOf(flow.versions),
          trigger: (flow.draft.trigger as { on: string } | undefined)?.on ?? null,
          run_by: [],
        })),
    }),
  ],
  ["GET", /^\/flows\/schema$/, () => JSON.parse(readFileSync(SCHEMA, "utf8"))],
  ["GET", /^\/flows\/templates$/, () => ({ items: [] })],
  [
    "GET",
    /^\/flows\/canned-responses$/,
    ({ flows }) => ({
      items: flows.slice(0, 1).map(({ id, key, names }) => ({
        short: "hello",
        flows: [{ id, key, names }],
      })),
    }),
  ],
  ["GET", /^\/flows\/secrets$/, ({ secrets }) => ({ items: secrets })],
  [
    "PUT",
    /^\/flows\/secrets\/([^/]+)$/,
    (shop, [name = ""]) => {
      const before = shop.secrets.find((each) => each.name === name);
      if (before) before.changed_at = at(0);
      else shop.secrets.push({ name, changed_at: at(0), flows: [] });
      return null;
    },
  ],
  [
    "DELETE",
    /^\/flows\/secrets\/([^/]+)$/,
    (shop, [name]) => {
      shop.secrets = shop.secrets.filter((each) => each.name !== name);
      return null;
    },
  ],
  ["POST", /^\/flows\/problems$/, () => ({ items: [] })],
  ["GET", /^\/flows\/([^/]+)$/, (shop, [id]) => flowOf(shop, id)],
  [
    "PUT",
    /^\/flows\/([^/]+)\/draft$/,
    (shop, [id], body) => {
      const flow = flowOf(shop, id);
      flow.draft = body.definition as Flow["draft"];
      return Object.assign(flow, { version: flow.version + 1, changed_at: at(0) });
    },
  ],
  [
    "POST",
    /^\/flows\/([^/]+)\/publish$/,
    (shop, [id], body) => {
      const flow = flowOf(shop, id);
      const number = (flow.published ?? 0) + 1;
      const before = one(flow.versions[0]);
      flow.versions.unshift({
        ...before,
        number,
        published_at: at(0),
        restored: body.restore === undefined ? null : Number(body.restore),
        runs: 0,
        ended: 0,
        contained: 0,
      });
      flow.published_draft = flow.draft;
      return Object.assign(flow, { published: number, version: flow.version + 1 });
    },
  ],
  [
    "PUT",
    /^\/flows\/([^/]+)\/archived$/,
    (shop, [id], body) => {
      flowOf(shop, id).archived_at = body.archived ? at(0) : null;
      return null;
    },
  ],
  [
    "PUT",
    /^\/flows\/([^/]+)\/schedule$/,
    (shop, [id], body) => Object.assign(flowOf(shop, id), { publish_at: body.at }),
  ],
  [
    "GET",
    /^\/flows\/([^/]+)\/versions\/\d+$/,
    (shop, [id]) => ({ number: 1, definition: flowOf(shop, id).published_draft }),
  ],
  [
    "GET",
    /^\/flows\/([^/]+)\/versions\/\d+\/statistics$/,
    (shop, [id]) => statistics(flowOf(shop, id)),
  ],
  ["GET", /^\/calendars$/, ({ calendars }) => ({ items: calendars })],
  [
    "PUT",
    /^\/calendars\/([^/]+)$/,
    (shop, [key = ""], body) => {
      const given = body as unknown as BookingCalendar;
      const before = shop.calendars.find((each) => each.key === key);
      if (before) Object.assign(before, given);
      else shop.calendars.push({ ...given, key, to_come: 0, flows: [] });
      return null;
    },
  ],
  [
    "DELETE",
    /^\/calendars\/([^/]+)$/,
    (shop, [key]) => {
      shop.calendars = shop.calendars.filter((each) => each.key !== key);
      return null;
    },
  ],
  [
    "GET",
    /^\/calendars\/([^/]+)\/bookings$/,
    ({ bookings }, [key], _, query) => ({
      items: bookings.filter(
        ({ calendar, cancelled, starts_at }) =>
          calendar === key &&
          !cancelled &&
          Date.parse(starts_at) >= Date.parse(query.get("since") ?? "") &&
          Date.parse(starts_at) < Date.parse(query.get("until") ?? ""),
      ),
    }),
  ],
  [
    "POST",
    /^\/calendars\/[^/]+\/bookings\/([^/]+)\/(cancel|restore)$/,
    ({ bookings }, [id, what]) => {
      one(bookings.find((each) => each.id === id)).cancelled = what === "cancel";
      return null;
    },
  ],
  ["GET", /^\/automations$/, ({ automations }) => ({ items: automations })],
  [
    "PUT",
    /^\/automations\/([^/]+)$/,
    ({ automations }, [id], body) => {
      one(automations.find((each) => each.flow_id === id)).active = Boolean(body.active);
      return null;
    },
  ],
  [
    "GET",
    /^\/automations\/[^/]+\/runs$/,
    ({ runs }, _, __, query) => ({
      items: runs.filter(({ status }) => !query.get("status") || status === query.get("status")),
      counts: Object.fromEntries(
        runs.map(({ status }) => [status, runs.filter((each) => each.status === status).length]),
      ),
    }),
  ],
  [
    "POST",
    /^\/automations\/[^/]+\/runs\/([^/]+)\/retry$/,
    ({ runs }, [id]) => {
      one(runs.find((each) => each.id === id)).reason = "retried";
      return null;
    },
  ],
];

const shops = new WeakMap<World, Shop>();

/** These routes as the settings' mock has them. */
export const flowRoutes = <P extends { world: World }>(): [
  string,
  RegExp,
  (place: P, path: string[], body: Body, query: URLSearchParams) => unknown,
][] =>
  ROUTES.map(([method, pattern, run]) => [
    method,
    pattern,
    ({ world }, path, body, query) => {
      const shop = shops.get(world) ?? makeShop(world);
      shops.set(world, shop);
      return run(shop, path, body, query);
    },
  ]);
