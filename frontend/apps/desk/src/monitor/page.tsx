import { useNavigate, useSearch } from "@tanstack/react-router";
import type { FloorAgent, QueueBoard } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { useItems, useScope } from "@wasl/realtime";
import { EmptyState, IconButton } from "@wasl/ui";
import { clsx } from "clsx";
import { ChevronLeft, Headset, Lock, ScrollText } from "lucide-react";
import { useMe } from "../me.ts";
import { StoppedAt, useStopped } from "../wallboard/live.tsx";
import { Live } from "../wallboard/live-mark.tsx";
import { LiveList } from "./live-list.tsx";
import { MonitorPane } from "./pane.tsx";

export const MOST_PANES = 4;

/** Live conversations side by side: read along, whisper to the agent, take over. */
export function MonitorPage() {
  const t = useT();
  const { permissions } = useMe();
  const stopped = useStopped();
  if (!permissions.includes("conversations.manage"))
    return <EmptyState icon={Lock} title={t("monitor.not_yours")} />;
  return (
    <StoppedAt value={stopped}>
      <Monitor />
    </StoppedAt>
  );
}

/** What stands in the address, so that a way back and a reload keep it. */
function useOpened(): [string[], (ids: string[]) => void] {
  const { open } = useSearch({ from: "/monitor" });
  const navigate = useNavigate();
  const ids = [...new Set(open.split(",").filter(Boolean))].slice(-MOST_PANES);
  return [ids, (next) => void navigate({ to: "/monitor", search: { open: next.join(",") } })];
}

function Monitor() {
  const t = useT();
  const format = useFormat();
  const state = useScope("wallboard");
  const agents = useItems<FloorAgent>(state, "agent");
  const boards = useItems<QueueBoard>(state, "queue");
  const [opened, setOpened] = useOpened();
  const toggle = (id: string) =>
    setOpened(opened.includes(id) ? opened.filter((other) => other !== id) : [...opened, id]);
  return (
    <main className="flex min-h-0 min-w-0 grow flex-col bg-raised">
      <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface px-4 py-2">
        {opened.length > 0 && (
          <IconButton
            icon={ChevronLeft}
            flip
            label={t("common.back")}
            onPress={() => setOpened([])}
            className="md:hidden"
          />
        )}
        <h1 className="text-lg font-semibold">{t("monitor.title")}</h1>
        <p className="text-xs text-ink-2 max-sm:hidden">
          {t("monitor.panes_open", {
            n: format.number(opened.length),
            most: format.number(MOST_PANES),
          })}
        </p>
        <span className="grow" />
        <p className="flex items-center gap-1.5 text-xs text-ink-2 max-lg:hidden">
          <ScrollText size={14} aria-hidden="true" />
          {t("monitor.audited")}
        </p>
        <Live />
      </header>
      <div className="flex min-h-0 grow">
        <LiveList
          agents={agents}
          boards={boards}
          ready={state.ready}
          opened={opened}
          onToggle={toggle}
          className={clsx(opened.length > 0 && "max-md:hidden")}
        />
        {opened.length === 0 ? (
          <div className="hidden min-w-0 grow md:block">
            <EmptyState icon={Headset} title={t("monitor.none_open")}>
              {t("monitor.none_open_text")}
            </EmptyState>
          </div>
        ) : (
          <div
            className={clsx(
              "grid min-h-0 min-w-0 grow auto-rows-fr grid-cols-1 gap-3 bg-canvas p-2 md:p-3",
              opened.length > 1 && "xl:grid-cols-2",
              // what doesn't fit side by side is scrolled to
              "overflow-y-auto max-xl:auto-rows-[minmax(min(26rem,100%),1fr)]",
            )}
          >
            {opened.map((id, index) => (
              <MonitorPane
                key={id}
                id={id}
                agents={agents}
                onClose={() => toggle(id)}
                className={clsx(index < opened.length - 1 && "max-md:hidden")}
              />
            ))}
          </div>
        )}
      </div>
    </main>
  );
}
