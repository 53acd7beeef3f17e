import type { CalendarName, Digits, Language } from "@wasl/i18n/locale";
import type { Names, Ref, Time } from "./base.ts";

export type Role = "agent" | "supervisor" | "administrator";
export type Theme = "system" | "light" | "dark";
export interface User {
  id: string;
  name: string;
  email: string;
  role: Role;
  locale: Language;
  calendar: CalendarName;
  digits: Digits;
  theme: Theme;
  signature: string;
  disabled: boolean;
  teams: Ref[];
}
export interface Me {
  user: User;
  permissions: string[];
  csrf: string;
}
export interface Team extends Ref {
  members: Ref[];
}
export interface ApiToken {
  id: string;
  name: string;
  created_at: Time;
  last_used_at: Time | null;
}
export interface AuditEntry {
  seq: number;
  at: Time;
  actor_kind: string;
  actor_id: string | null;
  actor_name: string | null;
  action: string;
  object_kind: string;
  object_id: string | null;
  /** Today's name of what was changed, or the one that it had when it went. */
  object_name: string | Names | null;
  /** The names of the ids in `before` and `after`. */
  names: Record<string, string | Names>;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  address: string;
}
