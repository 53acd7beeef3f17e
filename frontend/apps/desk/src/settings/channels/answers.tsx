import { Link } from "@tanstack/react-router";
import type { Channel } from "@wasl/api";
import { useT } from "@wasl/i18n";
import { Workflow } from "lucide-react";
import { leaderOf, useFlowName, useFlows } from "../../flows/leading.ts";
import { useMe } from "../../me.ts";

/** Who answers on a channel before people do: a flow, which is linked to, or nobody. */
export function Answers({ channel }: { channel: Channel }) {
  const { permissions } = useMe();
  return permissions.includes("flows.manage") && <First channel={channel} />;
}

function First({ channel }: { channel: Channel }) {
  const t = useT();
  const flows = useFlows();
  const nameOf = useFlowName();
  if (!flows.data) return null;
  const leader = leaderOf(flows.data.items, channel.id);
  const link = "font-medium text-accent-text underline underline-offset-2";
  return (
    <p className="flex gap-2 rounded-lg border border-line bg-sunken px-3 py-2 text-[13px]">
      <Workflow size={15} aria-hidden="true" className="mt-1 shrink-0 text-ink-2" />
      <span className="min-w-0">
        {t(leader ? "settings.channel.answered_by" : "settings.channel.answered_by_none")}{" "}
        {leader ? (
          <Link to="/flows/$" params={{ _splat: leader.id }} dir="auto" className={link}>
            {nameOf(leader)}
          </Link>
        ) : (
          <Link to="/flows/$" params={{ _splat: "" }} className={link}>
            {t("settings.channel.to_flows")}
          </Link>
        )}
      </span>
    </p>
  );
}
