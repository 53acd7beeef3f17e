import type { Ref, Time } from "./base.ts";
import type { ConversationRow, ConversationStatus } from "./conversations.ts";

export interface Identity {
  id: string;
  kind: string;
  value: string;
  display: string | null;
  verified: boolean;
  verified_by: string | null;
  last_seen_at: Time | null;
}
export type OrderStatus =
  | "placed"
  | "paid"
  | "shipped"
  | "out_for_delivery"
  | "delivered"
  | "returned"
  | "cancelled";
export interface Order {
  id: string;
  code: string;
  status: OrderStatus;
  total_minor: number;
  currency: string;
  placed_at: Time;
  expected_at: Time | null;
  delivered_at: Time | null;
  items: { name: string; quantity: number }[];
}
export interface Consent {
  kind: string;
  purpose: "service" | "marketing";
  allowed: boolean;
  source: string;
  at: Time;
}
export interface Contact {
  id: string;
  name: string;
  locale: string | null;
  time_zone: string | null;
  company: string | null;
  city: string | null;
  tags: string[];
  attributes: Record<string, unknown>;
  preferred_channel: string | null;
  /** Who looks after them. */
  team_id: string | null;
  team: Ref | null;
  created_at: Time;
  version: number;
  identities: Identity[];
  orders: Order[];
  consents: Consent[];
  stats: {
    conversations: number;
    open: number;
    lifetime_minor: number;
    currency: string | null;
  };
  recent: {
    conversation_id: string;
    number: string;
    subject: string | null;
    preview: ConversationRow["preview"];
    status: ConversationStatus;
    channel_kind: string;
    last_message_at: Time;
  }[];
}
export interface ContactRow {
  id: string;
  name: string;
  locale: string | null;
  identities: Identity[];
  last_seen_at: Time | null;
}
export interface JourneyPoint {
  at: Time;
  kind: "message" | "order";
  channel_kind: string | null;
  conversation_id: string | null;
  number: string | null;
  interaction_id: string | null;
  order_code: string | null;
  open: boolean;
}
