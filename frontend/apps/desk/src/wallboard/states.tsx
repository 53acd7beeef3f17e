import { CircleCheck, Coffee, FilePenLine, type LucideIcon, MessagesSquare } from "lucide-react";
import type { Group } from "./figures.ts";

/** How a state looks: never by colour alone. */
export const GROUP_LOOKS: Record<Group, { icon: LucideIcon; ink: string; fill: string }> = {
  available: { icon: CircleCheck, ink: "text-ok", fill: "bg-ok" },
  handling: { icon: MessagesSquare, ink: "text-accent-text", fill: "bg-accent" },
  wrap_up: { icon: FilePenLine, ink: "text-warn", fill: "bg-warn" },
  away: { icon: Coffee, ink: "text-ink-2", fill: "bg-ink-3" },
};
