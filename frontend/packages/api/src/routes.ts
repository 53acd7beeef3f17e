import type { Language } from "@wasl/i18n/locale";
import type * as T from "./types.ts";

export type View = "mine" | "unassigned" | "all" | "pending" | "snoozed" | "resolved" | "spam";
type Id = { id: string };
type Paging = { after?: string | null; limit?: number };

/** What a message carries on its way out. `client_id` makes sending it twice harmless. */
export interface SendMessage {
  channel_id: string;
  identity_id?: string | null;
  text: string;
  html?: string;
  subject?: string;
  cc?: string[];
  bcc?: string[];
  attachment_ids?: string[];
  quick_replies?: string[];
  client_id: string;
}

/** Every route: what stands in its path, its query, its body, and what it answers. */
export interface Routes {
  "POST /sign-in": { body: { email: string; password: string }; answer: T.Me };
  "POST /sign-out": { answer: null };
  "GET /me": { answer: T.Me };
  "PATCH /me": {
    body: Partial<Pick<T.User, "name" | "locale" | "calendar" | "digits" | "theme" | "signature">>;
    answer: T.Me;
  };
  "POST /me/password": { body: { old: string; new: string }; answer: null };

  "GET /simulation/today": { query: { weeks: number }; answer: T.SimulationToday };
  "GET /simulation/proposals": { answer: T.Proposal[] };
  "POST /simulation/runs/{id}/propose": { path: Id; body: { remark: string }; answer: null };

  "GET /conversations": {
    query: Paging & { view: View; queue?: string; q?: string };
    answer: T.Page<T.ConversationRow>;
  };
  "POST /conversations": {
    body: {
      contact_id: string;
      channel_id: string;
      identity_id: string;
      text: string;
      subject?: string;
      attachment_ids?: string[];
    };
    answer: T.Conversation;
  };
  "GET /conversations/{id}": { path: Id; answer: T.Conversation };
  "GET /conversations/{id}/flow-runs": {
    path: Id;
    query: { run?: string | null };
    answer: { items: T.FlowRun[]; more: boolean };
  };
  "GET /conversations/{id}/timeline": {
    path: Id;
    query: { before?: string | number | null; limit?: number };
    answer: T.Page<T.Message>;
  };
  "POST /conversations/{id}/messages": { path: Id; body: SendMessage; answer: T.Message };
  "POST /conversations/{id}/notes": {
    path: Id;
    body: { text: string; attachment_ids?: string[]; mentions?: string[] };
    answer: T.Message;
  };
  "GET /conversations/{id}/routing": { path: Id; answer: T.Routing };
  "POST /mentions/{id}/read": { path: Id; answer: null };
  "POST /conversations/{id}/status": {
    path: Id;
    body: { status: T.ConversationStatus; snoozed_until?: string; disposition?: string };
    answer: T.Conversation;
  };
  "POST /conversations/{id}/pick": { path: Id; answer: T.Conversation };
  "POST /conversations/{id}/transfer": {
    path: Id;
    body: { user_id?: string; queue_id?: string; note?: string };
    answer: T.Conversation;
  };
  "POST /conversations/{id}/callback": {
    path: Id;
    body: { address: string; kind?: string; not_before?: string | null };
    answer: T.Conversation;
  };
  "POST /conversations/{id}/callback/reached": { path: Id; answer: T.Conversation };
  "POST /conversations/{id}/callback/unanswered": { path: Id; answer: T.Conversation };
  "POST /conversations/{id}/callback/done": { path: Id; answer: T.Conversation };
  "POST /conversations/{id}/colleagues": {
    path: Id;
    body: { user_id: string; role: T.BesideRole; note: string };
    answer: T.Conversation;
  };
  "DELETE /conversations/{id}/colleagues/{user_id}": {
    path: Id & { user_id: string };
    answer: null;
  };
  "POST /conversations/{id}/join": { path: Id; answer: null };
  "POST /conversations/{id}/wrap-up": {
    path: Id;
    body: { disposition?: string; note?: string };
    answer: T.Conversation;
  };
  "POST /conversations/{id}/read": { path: Id; body: { seq: number }; answer: null };
  "PUT /conversations/{id}/tags": { path: Id; body: { tags: string[] }; answer: T.Conversation };
  "PUT /conversations/{id}/priority": {
    path: Id;
    body: { priority: number };
    answer: T.Conversation;
  };
  "POST /conversations/{id}/spam": { path: Id; body: { spam: boolean }; answer: T.Conversation };
  "POST /conversations/{id}/merge": { path: Id; body: { into: string }; answer: T.Conversation };
  "POST /conversations/{id}/unmerge": { path: Id; answer: T.Conversation };
  "GET /conversations/{id}/reply-options": { path: Id; answer: T.ReplyOption[] };
  "POST /messages/{id}/retry": { path: Id; answer: T.Message };
  "POST /messages/{id}/discard": { path: Id; answer: T.Message };

  "GET /contacts": { query: Paging & { q?: string }; answer: T.Page<T.ContactRow> };
  "POST /contacts": {
    body: { name: string; locale?: string; identities?: { kind: string; value: string }[] };
    answer: T.Contact;
  };
  "GET /contacts/{id}": { path: Id; answer: T.Contact };
  "PATCH /contacts/{id}": {
    path: Id;
    body: Partial<
      Pick<
        T.Contact,
        "name" | "locale" | "time_zone" | "company" | "city" | "tags" | "attributes" | "team_id"
      >
    > & { preferred_channel?: string | null };
    answer: T.Contact;
  };
  "POST /contacts/{id}/merge": { path: Id; body: { other_id: string }; answer: T.Contact };
  "POST /contacts/{id}/identities": {
    path: Id;
    body: { kind: string; value: string };
    answer: T.Contact;
  };
  "PUT /contacts/{id}/consents": {
    path: Id;
    body: Pick<T.Consent, "kind" | "purpose"> & { allowed: boolean | null };
    answer: T.Contact;
  };
  "POST /contacts/{id}/unmerge": { path: Id; body: { other_id: string }; answer: T.Contact };
  "GET /contacts/{id}/journey": { path: Id; answer: { points: T.JourneyPoint[] } };

  "GET /agents": { answer: T.Agent[] };
  "PUT /agents/{id}/capacity": {
    path: Id;
    body: { capacity: Record<string, number> };
    answer: T.Agent;
  };
  "PUT /agents/{id}/interruptions": {
    path: Id;
    body: { interruptible_by: Record<string, string[]> };
    answer: T.Agent;
  };
  "PUT /agents/{id}/skills": {
    path: Id;
    body: { skills: Record<string, number> };
    answer: T.Agent;
  };
  "GET /me/day": { query: { since: string }; answer: T.MyDay };
  "PUT /agents/{id}/presence": {
    path: Id;
    body: { presence: T.Presence; reason?: string | null };
    answer: { presence: T.Presence; reason: string | null };
  };
  "POST /agents/{id}/log-out": { path: Id; answer: { requeued: number } };
  "PATCH /agents/{id}/queues": {
    path: Id;
    body: { queues: Record<string, number | null> };
    answer: { queues: Record<string, number | null> };
  };
  "POST /conversations/{id}/look": { path: Id; answer: null };
  "POST /conversations/{id}/whisper": { path: Id; body: { text: string }; answer: T.Message };
  "POST /conversations/{id}/prioritise": {
    path: Id;
    body: { priority: number };
    answer: { priority: number };
  };
  "GET /broadcasts": { answer: T.Broadcast[] };
  "POST /broadcasts": {
    body: { text: string; to: T.BroadcastTo; lasts_s: number };
    answer: T.Broadcast;
  };
  "POST /notices/{id}/read": { path: Id; answer: null };
  "GET /wallboard/layouts": { answer: T.WallLayout[] };
  "POST /wallboard/layouts": { body: T.LayoutWrite; answer: { id: string } };
  "PUT /wallboard/layouts/{id}": { path: Id; body: T.LayoutWrite; answer: null };
  "DELETE /wallboard/layouts/{id}": { path: Id; answer: null };
  "POST /conversations/{id}/reassign": { path: Id; body: T.Place; answer: T.Place };
  "PUT /queues/{id}/target": { path: Id; body: T.QueueTarget; answer: T.QueueBoard };
  "PUT /presence": { body: { presence: T.Presence; reason?: string }; answer: T.Agent };
  "GET /presence-reasons": { answer: T.Named[] };
  "GET /dispositions": { answer: T.Named[] };
  "POST /offers/{id}/accept": {
    path: Id;
    body: { epoch: number };
    answer: { conversation_id: string };
  };
  "POST /offers/{id}/decline": {
    path: Id;
    body: { epoch: number; reason?: string };
    answer: null;
  };
  "GET /counts": { answer: T.Counts };

  "GET /queues": { answer: T.Queue[] };
  "POST /queues": { body: T.QueueWrite; answer: T.Queue };
  "PATCH /queues/{id}": { path: Id; body: Partial<T.QueueWrite>; answer: T.Queue };
  "DELETE /queues/{id}": { path: Id; answer: null };
  "PUT /queues/{id}/members": {
    path: Id;
    body: { user_id: string; level: number }[];
    answer: T.Queue;
  };
  "GET /channels": { answer: T.Channel[] };
  "POST /channels": { body: T.ChannelWrite; answer: T.Channel };
  "GET /channels/{id}": { path: Id; answer: T.Channel };
  "PATCH /channels/{id}": { path: Id; body: Partial<T.ChannelWrite>; answer: T.Channel };
  "DELETE /channels/{id}": { path: Id; answer: null };
  "POST /channels/check": {
    body: { kind: string; config: Record<string, unknown>; channel_id?: string };
    answer: T.ChannelCheck;
  };
  "GET /channel-kinds": { answer: T.ChannelKind[] };
  "GET /users": { answer: T.User[] };
  "POST /users": { body: Partial<T.User> & { password?: string }; answer: T.User };
  "PATCH /users/{id}": { path: Id; body: Partial<T.User>; answer: T.User };
  "POST /users/{id}/password": { path: Id; body: { password: string }; answer: null };
  "GET /teams": { answer: T.Team[] };
  "POST /teams": { body: { name: string; members: string[] }; answer: T.Team[] };
  "PATCH /teams/{id}": { path: Id; body: { name: string; members: string[] }; answer: T.Team[] };
  "DELETE /teams/{id}": { path: Id; answer: null };
  "GET /api-tokens": { answer: T.ApiToken[] };
  "POST /api-tokens": { body: { name: string }; answer: { id: string; token: string } };
  "DELETE /api-tokens/{id}": { path: Id; answer: null };
  "GET /sla-policies": { answer: T.SlaPolicy[] };
  "POST /sla-policies": { body: Omit<T.SlaPolicy, "id">; answer: T.SlaPolicy };
  "PUT /sla-policies/{id}": { path: Id; body: Omit<T.SlaPolicy, "id">; answer: T.SlaPolicy };
  "PUT /sla-policies/order": { body: string[]; answer: T.SlaPolicy[] };
  "DELETE /sla-policies/{id}": { path: Id; answer: null };
  "GET /canned-responses": { answer: T.CannedResponse[] };
  "POST /canned-responses": { body: Omit<T.CannedResponse, "id">; answer: T.CannedResponse };
  "PATCH /canned-responses/{id}": {
    path: Id;
    body: Partial<Omit<T.CannedResponse, "id">>;
    answer: T.CannedResponse;
  };
  "DELETE /canned-responses/{id}": { path: Id; answer: null };
  "GET /audit": {
    query: { after?: string | number | null; limit?: number };
    answer: T.Page<T.AuditEntry>;
  };

  "GET /flows": { query: { archived: boolean }; answer: { items: T.FlowRow[] } };
  "PUT /flows/{id}/archived": {
    path: { id: string };
    body: { archived: boolean };
    answer: null;
  };
  "POST /flows": { body: { key: string; definition: object }; answer: T.FlowDraft<object> };
  "GET /flows/schema": { answer: object };
  "GET /flows/templates": { answer: { items: T.FlowTemplate[] } };
  "GET /calendars": { answer: { items: T.KeptCalendar[] } };
  "PUT /calendars/{key}": { path: { key: string }; body: T.BookingCalendar; answer: null };
  "DELETE /calendars/{key}": { path: { key: string }; answer: null };
  "GET /calendars/{key}/bookings": {
    path: { key: string };
    query: { since: string; until: string };
    answer: { items: T.Booking[] };
  };
  "POST /calendars/{key}/bookings/{id}/cancel": {
    path: { key: string; id: string };
    answer: null;
  };
  "POST /calendars/{key}/bookings/{id}/restore": {
    path: { key: string; id: string };
    answer: null;
  };
  "GET /records": { answer: { items: T.KeptRecordKind[] } };
  "PUT /records/{kind}": { path: { kind: string }; body: T.RecordKind; answer: null };
  "DELETE /records/{kind}": { path: { kind: string }; answer: null };
  "GET /records/{kind}/rows": {
    path: { kind: string };
    query: { q?: string; after?: string; limit?: number };
    answer: { items: T.KeptRecord[]; next: string | null };
  };
  "PUT /records/{kind}/rows": {
    path: { kind: string };
    body: { rows: T.CompanyRecord[] };
    answer: T.WrittenRecords;
  };
  "DELETE /records/{kind}/rows": { path: { kind: string }; query: { key: string }; answer: null };
  "GET /flows/secrets": { answer: { items: T.FlowSecret[] } };
  "PUT /flows/secrets/{name}": {
    path: { name: string };
    body: { value: string };
    answer: null;
  };
  "DELETE /flows/secrets/{name}": { path: { name: string }; answer: null };
  "GET /automations": { answer: { items: T.Automation[] } };
  "PUT /automations/{id}": { path: Id; body: { active: boolean }; answer: null };
  "GET /automations/{id}/runs": {
    path: Id;
    query: { status?: T.AutomationRunStatus | null; before?: string | null };
    answer: {
      items: T.AutomationRun[];
      counts: Partial<Record<T.AutomationRunStatus, number>>;
    };
  };
  "POST /automations/{id}/runs/{run}/retry": {
    path: { id: string; run: string };
    answer: null;
  };
  "GET /flows/{id}": { path: Id; answer: T.FlowDraft<object> };
  "PUT /flows/{id}/draft": {
    path: Id;
    body: { definition: object; version: number };
    answer: T.FlowDraft<object>;
  };
  "POST /flows/{id}/publish": {
    path: Id;
    body: { version: number; restore?: number };
    answer: T.FlowDraft<object>;
  };
  "PUT /flows/{id}/schedule": {
    path: Id;
    body: { version: number; at: T.Time | null };
    answer: T.FlowDraft<object>;
  };
  "GET /flows/{id}/versions/{number}": {
    path: Id & { number: string };
    answer: { number: number; definition: object };
  };
  "GET /flows/{id}/versions/{number}/statistics": {
    path: Id & { number: string };
    answer: T.FlowStatistics;
  };
  "POST /flows/problems": {
    body: { definition: object; key?: string };
    answer: { items: T.FlowProblem[] };
  };
  "POST /flows/understand": {
    body: { text: string; answers: string[][] };
    answer: T.Understood;
  };
  "POST /flows/play": {
    body: {
      definition: object;
      key: string;
      state: Record<string, unknown> | null;
      given: "words" | "silence" | "event";
      text: string;
      on: string | null;
      facts: Record<string, string | number | boolean>;
      language: Language;
      now: T.Time;
      contact_id: string | null;
    };
    answer: T.FlowPlayed;
  };
  "PUT /channels/{id}/flow": { path: Id; body: { flow_id: string | null }; answer: null };
}
