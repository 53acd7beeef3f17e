import { Link, useParams } from "@tanstack/react-router";
import type { ConversationRow } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { useItems, useScope } from "@wasl/realtime";
import { CountBadge, Mark, Tip } from "@wasl/ui";
import { clsx } from "clsx";
import {
  CalendarClock,
  FlaskConical,
  Headset,
  Inbox,
  LayoutGrid,
  type LucideIcon,
  Settings,
  Users,
  Workflow,
} from "lucide-react";
import { Focusable } from "react-aria-components";
import { useMe } from "../me.ts";
import { MentionBell } from "./mention-bell.tsx";
import { PersonMenu } from "./person-menu.tsx";

function RailLink(props: {
  to: string;
  icon: LucideIcon;
  label: string;
  badge?: string;
  className?: string;
}) {
  const { to, icon: Icon, label, badge, className } = props;
  return (
    <Tip label={label} placement="end">
      <Focusable>
        <Link
          to={to}
          className={clsx(
            "relative grid size-10 place-items-center rounded-xl text-ink-2 hover:bg-surface/60",
            className,
          )}
          activeProps={{
            className: "bg-surface text-accent-text shadow-card",
            "aria-current": "page",
          }}
        >
          <Icon size={20} aria-hidden="true" />
          <span className="sr-only">{label}</span>
          {badge && (
            <CountBadge className="absolute -top-1 -end-1 ring-2 ring-canvas">{badge}</CountBadge>
          )}
        </Link>
      </Focusable>
    </Tip>
  );
}

/** Mine to answer: conversations of ours with something unread. */
function useUnread(): number {
  const rows = useItems<ConversationRow>(useScope("list:mine"), "conversation");
  return rows.filter((row) => row.unread > 0).length;
}

export function Rail() {
  const t = useT();
  const format = useFormat();
  const unread = useUnread();
  const { id } = useParams({ strict: false });
  const { permissions } = useMe();
  return (
    <nav
      aria-label={t("shell.nav")}
      className={clsx(
        "shrink-0 items-center justify-around gap-1 border-t border-line px-3 py-1.5 md:flex md:w-14 md:flex-col md:justify-start md:border-0 md:px-0 md:py-3",
        // An open conversation has the whole phone for itself.
        id ? "hidden" : "flex",
      )}
    >
      <span className="mb-3 hidden size-9 place-items-center rounded-xl bg-accent text-accent-ink md:grid">
        <Mark size={24} />
      </span>
      <RailLink
        to="/conversations"
        icon={Inbox}
        label={unread ? t("shell.conversations_unread", { n: unread }) : t("shell.conversations")}
        badge={unread ? format.number(unread) : undefined}
      />
      <RailLink to="/contacts" icon={Users} label={t("shell.contacts")} />
      {permissions.includes("conversations.read_all") ? (
        <RailLink to="/wallboard" icon={LayoutGrid} label={t("shell.wallboard")} />
      ) : (
        <RailLink to="/wallboard" icon={CalendarClock} label={t("shell.my_day")} />
      )}
      {permissions.includes("conversations.manage") && (
        <RailLink to="/monitor" icon={Headset} label={t("shell.monitor")} />
      )}
      {permissions.includes("routing.manage") && (
        <RailLink to="/simulation" icon={FlaskConical} label={t("shell.simulation")} />
      )}
      {permissions.includes("flows.manage") && (
        <RailLink to="/flows" icon={Workflow} label={t("shell.flows")} />
      )}
      <span className="hidden grow md:block" />
      <MentionBell />
      {permissions.length > 0 && (
        <RailLink to="/settings" icon={Settings} label={t("shell.settings")} />
      )}
      <PersonMenu />
    </nav>
  );
}
