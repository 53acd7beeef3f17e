import {
  AlarmClockCheck,
  CalendarDays,
  History,
  KeyRound,
  LockKeyhole,
  type LucideIcon,
  MessageSquareQuote,
  Radio,
  Table2,
  UserRound,
  Users,
  Workflow,
} from "lucide-react";

/** A page of the settings: who may not do what it needs doesn't see it. */
export interface Section {
  id: string;
  icon: LucideIcon;
  needs: string;
  group: "workspace" | "person";
}

const SECTIONS: readonly Section[] = [
  { id: "channels", icon: Radio, needs: "channels.manage", group: "workspace" },
  { id: "users", icon: Users, needs: "users.manage", group: "workspace" },
  { id: "queues", icon: Workflow, needs: "routing.manage", group: "workspace" },
  { id: "sla", icon: AlarmClockCheck, needs: "routing.manage", group: "workspace" },
  { id: "calendars", icon: CalendarDays, needs: "flows.manage", group: "workspace" },
  { id: "records", icon: Table2, needs: "flows.manage", group: "workspace" },
  { id: "secrets", icon: LockKeyhole, needs: "flows.manage", group: "workspace" },
  { id: "canned", icon: MessageSquareQuote, needs: "canned.manage", group: "workspace" },
  { id: "audit", icon: History, needs: "audit.read", group: "workspace" },
  { id: "profile", icon: UserRound, needs: "self", group: "person" },
  { id: "tokens", icon: KeyRound, needs: "self", group: "person" },
];

export const sectionsFor = (permissions: readonly string[]): Section[] =>
  SECTIONS.filter((section) => permissions.includes(section.needs));
