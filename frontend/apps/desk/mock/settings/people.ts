import type { CannedResponse, User } from "@wasl/api";
import { uid } from "../facts.ts";
import { byId, Refused, type Route, without } from "./route.ts";

const PERMISSIONS = [
  "self",
  "conversations.read",
  "conversations.read_all",
  "conversations.reply",
  "conversations.manage",
  "contacts.read",
  "contacts.write",
  "agents.read",
  "routing.manage",
  "channels.read",
  "channels.manage",
  "users.manage",
  "canned.manage",
  "flows.manage",
  "audit.read",
];

export const peopleRoutes: Route[] = [
  ["GET", /^\/me$/, ({ world }) => ({ user: world.user, permissions: PERMISSIONS, csrf: "mock" })],
  [
    "PATCH",
    /^\/me$/,
    ({ world }, _, body) => {
      Object.assign(world.user, body);
      return { user: world.user, permissions: PERMISSIONS, csrf: "mock" };
    },
  ],
  [
    "POST",
    /^\/me\/password$/,
    (_p, _, body) => {
      if (body.old === "wrong") throw new Refused(422, "password_wrong", { field: "old" });
      return null;
    },
  ],
  ["GET", /^\/users$/, ({ users }) => users],
  [
    "POST",
    /^\/users$/,
    ({ users, world }, _, body) => {
      if (users.some((u) => u.email === body.email))
        throw new Refused(409, "email_taken", { email: body.email });
      const { password: _p, ...rest } = body;
      const user = { ...world.user, id: uid(), teams: [], ...rest } as User;
      users.push(user);
      return user;
    },
  ],
  ["PATCH", /^\/users\/([^/]+)$/, ({ users }, [id], body) => Object.assign(byId(users, id), body)],
  ["POST", /^\/users\/([^/]+)\/password$/, () => null],
  ["GET", /^\/teams$/, ({ teams }) => teams],
  [
    "POST",
    /^\/teams$/,
    ({ teams, users }, _, body) => {
      teams.push({
        id: uid(),
        name: String(body.name),
        members: (body.members as string[])
          .map((id) => byId(users, id))
          .map(({ id, name }) => ({ id, name })),
      });
      return teams;
    },
  ],
  [
    "PATCH",
    /^\/teams\/([^/]+)$/,
    ({ teams, users }, [id], body) => {
      Object.assign(byId(teams, id), {
        name: body.name,
        members: (body.members as string[])
          .map((m) => byId(users, m))
          .map(({ id: u, name }) => ({ id: u, name })),
      });
      return teams;
    },
  ],
  ["DELETE", /^\/teams\/([^/]+)$/, ({ teams }, [id]) => without(teams, id)],
  ["GET", /^\/api-tokens$/, ({ tokens }) => tokens],
  [
    "POST",
    /^\/api-tokens$/,
    ({ tokens }, _, body) => {
      const id = uid();
      tokens.push({
        id,
        name: String(body.name),
        created_at: new Date().toISOString(),
        last_used_at: null,
      });
      return { id, token: "wasl_7c1e0f52b9d84a6f93e1a4cb5d20f8e6" };
    },
  ],
  ["DELETE", /^\/api-tokens\/([^/]+)$/, ({ tokens }, [id]) => without(tokens, id)],
  ["GET", /^\/canned-responses$/, ({ responses }) => responses],
  [
    "POST",
    /^\/canned-responses$/,
    ({ responses }, _, body) => {
      const made = { id: uid(), ...body } as CannedResponse;
      responses.push(made);
      return made;
    },
  ],
  [
    "PATCH",
    /^\/canned-responses\/([^/]+)$/,
    ({ responses }, [id], body) => Object.assign(byId(responses, id), body),
  ],
  ["DELETE", /^\/canned-responses\/([^/]+)$/, ({ responses }, [id]) => without(responses, id)],
  [
    "GET",
    /^\/audit$/,
    ({ audit }, _, __, q) =>
      q.get("after")
        ? { items: audit.slice(6), next: null }
        : { items: audit.slice(0, 6), next: 4 },
  ],
];
