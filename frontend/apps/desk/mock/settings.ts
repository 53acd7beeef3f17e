import type { ServerResponse } from "node:http";
import type { Connect } from "vite";
import type { Lang, World } from "./facts.ts";
import { flowRoutes } from "./flows.ts";
import { recordRoutes } from "./records.ts";
import { channelRoutes } from "./settings/channels.ts";
import { contactRoutes } from "./settings/contacts.ts";
import { peopleRoutes } from "./settings/people.ts";
import { makePlace, type Place } from "./settings/place.ts";
import { queueRoutes } from "./settings/queues.ts";
import { type Body, found, Refused, type Route } from "./settings/route.ts";

/** The routes of the settings and contact pages, over the world of the desk's mock. */
const routes: Route[] = [
  ...peopleRoutes,
  ...channelRoutes,
  ...queueRoutes,
  ...contactRoutes,
  ["POST", /^\/conversations$/, ({ world }) => found([...world.conversations.values()][0])],
  ...flowRoutes<Place>(),
  ...recordRoutes<Place>(),
];

/** Answers what it knows; everything else goes on to the desk's mock. */
export function settingsMock(worldOf: (lang: Lang) => World): Connect.NextHandleFunction {
  const places = new WeakMap<World, Place>();
  const placeOf = (lang: Lang): Place => {
    const world = worldOf(lang);
    const place = places.get(world) ?? makePlace(lang, world);
    places.set(world, place);
    return place;
  };
  const send = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, {
      "Content-Type": status < 400 ? "application/json" : "application/problem+json",
    });
    response.end(JSON.stringify(body));
  };
  return (request, response, next) => {
    const url = new URL(request.originalUrl ?? request.url ?? "/", "http://mock");
    const path = url.pathname.replace(/^\/api\/v1/, "");
    const lang = /wasl_session=(en|fa|ar)/.exec(request.headers.cookie ?? "")?.[1] as
      | Lang
      | undefined;
    const route = routes.find(
      ([method, pattern]) => method === request.method && pattern.test(path),
    );
    if (!lang || !route || path === url.pathname) return next();
    const [, pattern, run] = route;
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      try {
        const body = parts.length ? (JSON.parse(Buffer.concat(parts).toString()) as Body) : {};
        send(
          response,
          200,
          run(placeOf(lang), pattern.exec(path)?.slice(1) ?? [], body, url.searchParams),
        );
      } catch (error) {
        if (!(error instanceof Refused)) return next(error);
        send(response, error.status, {
          type: "about:blank",
          title: error.code,
          status: error.status,
          code: error.code,
          params: error.params,
          retryable: false,
        });
      }
    });
  };
}
