import type { QueueRef, Time } from "./base.ts";

export interface ChannelHealth {
  state: "ok" | "warning" | "failed" | "unknown" | "off";
  code: string | null;
  detail: string | null;
  at: Time | null;
}
export interface Channel {
  id: string;
  kind: string;
  name: string;
  enabled: boolean;
  public_key: string;
  config: Record<string, unknown>;
  queue: QueueRef | null;
  health: ChannelHealth;
  messages_24h: number;
  version: number;
}
export interface ChannelWrite {
  kind: string;
  name: string;
  enabled: boolean;
  config: Record<string, unknown>;
  queue_id: string | null;
  /** Keep it without a test; only for one that is switched off. */
  unchecked?: boolean;
}
export interface ChannelCheck {
  ok: boolean;
  warnings: number;
  steps: {
    code: string;
    ok: boolean;
    seconds: number;
    warning: boolean;
    detail: string | null;
    cure: string | null;
  }[];
  at: Time;
}
/** What a channel kind can do; the composer and the settings form ask it, never the kind's name. */
export type Capabilities = Record<string, unknown>;
export interface ChannelKind {
  kind: string;
  capabilities: Capabilities;
  schema: Record<string, unknown>;
}
