import type { Channel, ChannelCheck } from "@wasl/api";
import kinds from "../channel-kinds.json" with { type: "json" };
import { uid } from "../facts.ts";
import type { Place } from "./place.ts";
import { type Body, byId, Refused, type Route, without } from "./route.ts";

/** An address at .invalid never answers: for looking at a failed test. */
function check(body: Body): ChannelCheck {
  const config = body.config as { imap?: { host?: string }; deliver_url?: string };
  const bad = JSON.stringify(config).includes(".invalid");
  const step = (
    code: string,
    ok: boolean,
    seconds: number,
    more: Partial<ChannelCheck["steps"][number]> = {},
  ) => ({ code, ok, seconds, warning: false, detail: "", cure: "", ...more });
  const steps =
    body.kind === "email"
      ? bad
        ? [
            step("email.imap_sign_in", false, 0.4, {
              detail: "LOGIN failed: [AUTHENTICATIONFAILED] Invalid credentials",
            }),
            step("email.smtp_sign_in", true, 0.3),
          ]
        : [
            step("email.imap_sign_in", true, 0.8),
            step("email.imap_folder", true, 0.1),
            step("email.smtp_sign_in", true, 0.4),
            step("email.round_trip", true, 3.1),
            step("email.spf", true, 0.02),
            step("email.dkim", false, 0.02, {
              warning: true,
              cure: 'wasl._domainkey.naranj.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"',
            }),
          ]
      : body.kind === "api"
        ? [step("api.address", true, 0.1), step("api.answer", !bad, 0.3)]
        : [step("web_chat.origins", true, 0)];
  const wrong = steps.filter((s) => !s.ok);
  return {
    ok: wrong.every((s) => s.warning),
    warnings: wrong.length,
    steps,
    at: new Date().toISOString(),
  };
}

function writeChannel(place: Place, channel: Channel, body: Body) {
  const { queue_id, unchecked: _u, ...rest } = body;
  Object.assign(channel, rest, { version: channel.version + 1 });
  if (queue_id !== undefined) channel.queue = place.queues.find((q) => q.id === queue_id) ?? null;
  const seal = (value: unknown, name = ""): unknown => {
    if (typeof value === "string" && /password|secret|private_key|refresh_token/.test(name))
      return value ? { set_at: new Date().toISOString() } : null;
    if (Array.isArray(value)) return value.map((each) => seal(each));
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, seal(each, key)]));
    return value;
  };
  channel.config = seal(channel.config) as Channel["config"];
  return channel;
}

export const channelRoutes: Route[] = [
  ["GET", /^\/channel-kinds$/, () => kinds],
  ["GET", /^\/channels$/, ({ channels }) => channels],
  ["POST", /^\/channels\/check$/, (_p, _, body) => check(body)],
  [
    "POST",
    /^\/channels$/,
    (place, _, body) => {
      const result = check(body);
      if (!result.ok && !body.unchecked)
        throw new Refused(422, "channel_check_failed", { steps: result.steps });
      const channel: Channel = {
        id: uid(),
        kind: String(body.kind),
        name: "",
        enabled: true,
        public_key: "b81f7c",
        config: {},
        queue: null,
        health: { state: "ok", code: null, detail: null, at: new Date().toISOString() },
        messages_24h: 0,
        version: 0,
      };
      place.channels.push(writeChannel(place, channel, body));
      return channel;
    },
  ],
  [
    "PATCH",
    /^\/channels\/([^/]+)$/,
    (place, [id], body) => writeChannel(place, byId(place.channels, id), body),
  ],
  ["DELETE", /^\/channels\/([^/]+)$/, ({ channels }, [id]) => without(channels, id)],
];
