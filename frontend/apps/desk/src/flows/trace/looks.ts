import type { FlowRun } from "@wasl/api";
import type { Tone } from "@wasl/ui";
import {
  CircleAlert,
  CircleCheck,
  Hourglass,
  type LucideIcon,
  Repeat,
  UserCheck,
  Users,
} from "lucide-react";

/** How the end of a run looks. */
export const RUN_LOOKS: Record<FlowRun["status"], { icon: LucideIcon; tone: Tone }> = {
  finished: { icon: CircleCheck, tone: "ok" },
  handed_over: { icon: Users, tone: "accent" },
  running: { icon: Hourglass, tone: "neutral" },
  failed: { icon: CircleAlert, tone: "bad" },
  stopped: { icon: Repeat, tone: "warn" },
  taken_over: { icon: UserCheck, tone: "accent" },
};
