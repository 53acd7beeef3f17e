import type { ConversationRow, FloorAgent, QueueBoard } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { useItems, useScope } from "@wasl/realtime";
import { Button, Drawer } from "@wasl/ui";
import { Target } from "lucide-react";
import { useState } from "react";
import { useMe } from "../me.ts";
import { useNamed } from "../names.ts";
import { usePercent } from "./live.tsx";
import { Matters } from "./matters.tsx";
import { TargetDialog } from "./target-dialog.tsx";

interface Props {
  board: QueueBoard;
  agents: FloorAgent[];
  boards: QueueBoard[];
  onClose: () => void;
}

const WAITS = ["queued", "offered"];

/** One queue: who waits in it and who is talked with, and what it is to reach. */
export function QueuePanel({ board, agents, boards, onClose }: Props) {
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const percent = usePercent();
  const { permissions } = useMe();
  const [setting, setSetting] = useState(false);
  const rows = useItems<ConversationRow>(useScope(`list:queue:${board.id}`), "conversation");
  const matters = (of: (row: ConversationRow) => boolean) =>
    rows
      .filter((row) => row.status === "open" && of(row))
      .sort((a, b) => a.last_message_at.localeCompare(b.last_message_at))
      .map((row) => ({
        id: row.id,
        kind: row.channel.kind,
        title: row.contact.name || row.number,
        about: row.assignee?.name ?? row.subject ?? row.preview.text,
        since: row.last_message_at,
        priority: row.priority,
      }));
  const lists = [
    ["wallboard.who_waits", "wallboard.nobody_waits", matters((row) => WAITS.includes(row.state))],
    ["wallboard.in_hand", "wallboard.nothing_in_hand", matters((row) => row.state === "active")],
  ] as const;
  return (
    <div className="absolute inset-y-0 end-0 z-20 flex w-full shadow-pop md:w-auto">
      <Drawer title={named(board.names)} onClose={onClose}>
        <div className="flex items-center gap-3">
          <p className="grow text-[13px] text-ink-2">
            {t("wallboard.target", {
              percent: percent(board.target.percent / 100, 0),
              time: format.span(board.target.within_s),
            })}
            {" · "}
            {t("wallboard.limit", { limit: format.span(board.target.longest_wait_s) })}
          </p>
          {permissions.includes("routing.manage") && (
            <Button size="sm" icon={Target} onPress={() => setSetting(true)}>
              {t("wallboard.set_target")}
            </Button>
          )}
        </div>
        {board.callbacks + board.called_back > 0 && (
          <p className="mt-2 text-[13px] text-ink-2">
            {t("wallboard.callbacks", { n: board.callbacks })}
            {" · "}
            {t("wallboard.called_back", { n: board.called_back })}
          </p>
        )}
        {lists.map(([title, none, some]) => (
          <section key={title} className="mt-5" aria-label={t(title)}>
            <h3 className="mb-1 text-[13px] font-semibold">{t(title)}</h3>
            <Matters matters={some} none={t(none)} agents={agents} boards={boards} />
          </section>
        ))}
      </Drawer>
      {setting && <TargetDialog board={board} onClose={() => setSetting(false)} />}
    </div>
  );
}
