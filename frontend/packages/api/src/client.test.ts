import { describe, expect, test } from "vitest";
import { ApiError, createApi } from "./client.ts";

function answering(status: number, body: unknown) {
  const asked: { url: string; init: RequestInit }[] = [];
  let signedOut = 0;
  const api = createApi({
    cookie: () => "a=b; wasl_csrf=tok-1",
    onSignedOut: () => {
      signedOut += 1;
    },
    fetch: async (url, init) => {
      asked.push({ url: String(url), init: init ?? {} });
      return new Response(body === undefined ? "" : JSON.stringify(body), { status });
    },
  });
  return { api, asked, signedOut: () => signedOut };
}
const headers = (init: RequestInit) => init.headers as Record<string, string>;

describe("a call", () => {
  test("fills path and query and leaves out what is empty", async () => {
    const { api, asked } = answering(200, { items: [], next: null });
    await api.call("GET /conversations", { query: { view: "mine", q: "", after: null, limit: 5 } });
    await api.call("GET /contacts/{id}", { path: { id: "a/b" } });
    expect(asked.map((a) => a.url)).toEqual([
      "/api/v1/conversations?view=mine&limit=5",
      "/api/v1/contacts/a%2Fb",
    ]);
  });

  test("carries the CSRF token and a key when it writes", async () => {
    const { api, asked } = answering(200, {});
    await api.call("POST /offers/{id}/accept", { path: { id: "1" }, body: { epoch: 2 }, key: "k" });
    await api.call("GET /me");
    expect(headers(asked[0]?.init ?? {})).toMatchObject({
      "X-CSRF-Token": "tok-1",
      "Idempotency-Key": "k",
    });
    expect(headers(asked[1]?.init ?? {})).not.toHaveProperty("Idempotency-Key");
  });

  test("gives the problem's code and params", async () => {
    const { api } = answering(409, {
      code: "already_taken",
      params: { by: "Nima" },
      retryable: false,
    });
    const error = await api
      .call("POST /conversations/{id}/pick", { path: { id: "1" } })
      .catch((e) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: "already_taken",
      status: 409,
      params: { by: "Nima" },
      retryable: false,
    });
  });

  test("may be repeated when the server broke or never answered", async () => {
    const broken = await answering(502, undefined)
      .api.call("GET /me")
      .catch((e) => e);
    expect(broken).toMatchObject({ code: "unexpected", retryable: true });
    const api = createApi({ cookie: () => "", fetch: () => Promise.reject(new TypeError("gone")) });
    expect(await api.call("GET /me").catch((e) => e)).toMatchObject({
      code: "network",
      offline: true,
      retryable: true,
    });
  });

  test("says when we are no longer known, but not when signing in is refused", async () => {
    const lost = answering(401, { code: "signed_out" });
    await lost.api.call("GET /me").catch(() => null);
    expect(lost.signedOut()).toBe(1);
    const refused = answering(401, { code: "sign_in_refused" });
    await refused.api
      .call("POST /sign-in", { body: { email: "", password: "" } })
      .catch(() => null);
    expect(refused.signedOut()).toBe(0);
  });
});
