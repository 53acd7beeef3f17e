import { describe, expect, it } from "vitest";
import { after, askCallback, refusalOf, takeBack } from "../src/extras/callback";
import { isTomorrow, moments } from "../src/extras/moments";
import { lang } from "../src/i18n";
import { ApiError } from "../src/net/api";
import type { Conversation } from "../src/net/types";
import type { Chat } from "../src/state/chat";

const at = (hour: number, minute = 0) => new Date(2026, 10, 21, hour, minute).getTime();

describe("moments", () => {
  it("are the full hours that are still to come today, and those of tomorrow", () => {
    const found = moments(at(17, 20));
    expect(found.slice(0, 4).map((ms) => new Date(ms).getHours())).toEqual([18, 19, 20, 8]);
    expect(found.filter((ms) => isTomorrow(ms, at(17, 20)))).toHaveLength(13);
  });

  it("never offer what has passed, at any hour", () => {
    for (let hour = 0; hour < 24; hour++) {
      const found = moments(at(hour));
      expect(found.every((ms) => ms > at(hour))).toBe(true);
      expect(found).toEqual([...found].sort((a, b) => a - b));
      expect(found.length).toBeGreaterThanOrEqual(13);
    }
  });
});

/** A chat whose server answers once with this. */
function chatOf(answer: Conversation | ApiError) {
  const asked: [string, unknown][] = [];
  const taken: Conversation[] = [];
  const chat = {
    api: {
      post: async (path: string, body: unknown) => {
        asked.push([path, body]);
        if (answer instanceof ApiError) throw answer;
        return answer;
      },
    },
    takeAnswer: async (given: Promise<Conversation>) => void taken.push(await given),
  };
  return { chat: chat as unknown as Chat, asked, taken };
}

const waiting = { id: "c1", callback: null } as Conversation;

describe("a callback", () => {
  it("is asked for in the server's digits, not before a moment", async () => {
    const { chat, asked, taken } = chatOf(waiting);
    await askCallback(chat, "۰۹۱۲ ٣٤٥ 6789", Date.UTC(2026, 10, 21, 17));
    await askCallback(chat, "+44 20 7946 0123", null);
    expect(asked).toEqual([
      ["/callback", { address: "0912 345 6789", not_before: "2026-11-21T17:00:00.000Z" }],
      ["/callback", { address: "+44 20 7946 0123", not_before: null }],
    ]);
    expect(taken).toEqual([waiting, waiting]);
  });

  it("is taken back, also when nobody was to be called any more", async () => {
    const { chat, asked, taken } = chatOf(waiting);
    await takeBack(chat);
    expect([asked, taken]).toEqual([[["/callback/done", undefined]], [waiting]]);
    const over = chatOf(new ApiError(409, "no_callback", false));
    await takeBack(over.chat);
    expect(over.taken).toEqual([]);
    const lost = chatOf(new ApiError(0, "offline", true));
    await expect(takeBack(lost.chat)).rejects.toThrow("offline");
  });

  it("says why it can't be, in the visitor's language", () => {
    const refused = (code: string) => refusalOf(new ApiError(409, code, false));
    lang.value = "en";
    expect(refused("not_waiting")).toMatch("no longer waiting");
    expect(refused("identity_invalid")).toMatch("not a phone number");
    expect(refused("something_new")).toMatch("did not work");
    lang.value = "fa";
    expect(refused("callback_time_invalid")).toMatch("زمان دیرتری");
    expect(after(new Date().setHours(23, 0))).toBe("امروز، بعد از ساعت ۲۳:۰۰");
    lang.value = "en";
  });
});
