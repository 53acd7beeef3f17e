import type { FloorAgent, QueueBoard } from "@wasl/api";
import { useT } from "@wasl/i18n";
import { type ScopeState, useItems, useScope } from "@wasl/realtime";
import { Button, EmptyState, Loading, MenuButton, Skeleton } from "@wasl/ui";
import { Columns3, LayoutGrid, Lock, Maximize, Megaphone } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { isOn } from "../device.ts";
import { useCommand } from "../keys/commands.ts";
import { useMe } from "../me.ts";
import { AgentPanel } from "./agent-panel.tsx";
import { Agents } from "./agents.tsx";
import { Alerts } from "./alerts.tsx";
import { Bars } from "./bars.tsx";
import { BroadcastDialog } from "./broadcast-dialog.tsx";
import { COLUMNS, useColumns } from "./columns.ts";
import { arranged, groupOf, staffOf, totalsOf } from "./figures.ts";
import { LayoutMenu, useLayouts } from "./layouts.tsx";
import { StoppedAt, useStopped } from "./live.tsx";
import { Live } from "./live-mark.tsx";
import { MyDay } from "./my-day.tsx";
import { QueuePanel } from "./queue-panel.tsx";
import { QueueTable } from "./queue-table.tsx";
import { Tiles } from "./tiles.tsx";
import { Wall } from "./wall.tsx";

/** The live picture of the centre for those who supervise it, of their own day for the others. */
export function WallboardPage() {
  return useMe().permissions.includes("conversations.read_all") ? <Centre /> : <MyDay />;
}

function Centre() {
  const state = useScope("wallboard");
  const stopped = useStopped();
  return (
    <StoppedAt value={stopped}>
      <Board state={state} />
    </StoppedAt>
  );
}

function Board({ state }: { state: ScopeState }) {
  const t = useT();
  if (state.error) return <EmptyState icon={Lock} title={t("wallboard.not_yours")} />;
  if (!state.ready)
    return (
      <main className="grow p-5">
        <Loading label={t("common.loading")}>
          <div className="grid gap-4">
            <Skeleton className="h-20 w-full rounded-xl!" />
            <Skeleton className="h-64 w-full rounded-xl!" />
          </div>
        </Loading>
      </main>
    );
  return <Ready state={state} />;
}

function Ready({ state }: { state: ScopeState }) {
  const t = useT();
  const every = useItems<QueueBoard>(state, "queue");
  const layouts = useLayouts();
  const { chosen } = layouts;
  const boards = useMemo(() => arranged(every, chosen), [every, chosen]);
  const agents = useItems<FloorAgent>(state, "agent");
  const staff = useMemo(() => staffOf(agents), [agents]);
  const totals = useMemo(() => totalsOf(boards), [boards]);
  const free = useMemo(
    () => agents.filter((a) => a.state === "idle" && groupOf(a) === "available").length,
    [agents],
  );
  const [columns, toggle] = useColumns(chosen);
  const [telling, setTelling] = useState(false);
  const { permissions } = useMe();
  const [filter, setFilter] = useState("");
  const [opened, setOpened] = useState<string | null>(null);
  const [wall, setWall] = useWall();
  const open = useCallback((agent: FloorAgent) => setOpened(agent.id), []);
  useCommand("search", () => document.querySelector<HTMLElement>("[data-wall-filter]")?.focus());
  const openQueue = useCallback((board: QueueBoard) => setOpened(board.id), []);
  const agent = agents.find(({ id }) => id === opened);
  const board = every.find(({ id }) => id === opened);

  if (wall)
    return (
      <Wall
        boards={boards}
        agents={agents}
        staff={staff}
        totals={totals}
        free={free}
        onLeave={() => setWall(false)}
      />
    );
  return (
    <div className="relative flex min-w-0 grow">
      <main className="flex min-w-0 grow flex-col bg-raised" data-pane tabIndex={-1}>
        <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line bg-surface px-4 py-2">
          <h1 className="text-lg font-semibold">{t("wallboard.title")}</h1>
          <span className="grow" />
          <Live />
          {permissions.includes("routing.manage") && (
            <Button icon={Megaphone} flip onPress={() => setTelling(true)}>
              {t("wallboard.tell")}
            </Button>
          )}
          <LayoutMenu layouts={layouts} boards={every} columns={columns} />
          <MenuButton
            label={t("wallboard.columns")}
            trigger={
              <Button icon={Columns3} isDisabled={toggle === null}>
                {t("wallboard.columns")}
              </Button>
            }
            actions={COLUMNS.map((column) => ({
              id: column,
              label: t(`wallboard.column_${column}`),
              selected: columns.has(column),
              run: () => toggle?.(column),
            }))}
          />
          <Button icon={Maximize} kbd="F" onPress={() => setWall(true)} className="max-sm:hidden">
            {t("wallboard.wall")}
          </Button>
        </header>
        <div className="min-h-0 grow overflow-y-auto p-3 scroll-thin">
          {boards.length === 0 ? (
            <EmptyState icon={LayoutGrid} title={t("wallboard.no_queues")} />
          ) : (
            <div className="grid gap-3">
              <Tiles totals={totals} free={free} of={chosen?.name} />
              <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,1fr)_300px]">
                <div className="grid min-w-0 gap-3">
                  <QueueTable
                    boards={boards}
                    staff={staff}
                    shown={columns}
                    filter={filter}
                    onFilter={setFilter}
                    onOpen={openQueue}
                  />
                  <Agents agents={agents} boards={every} onOpen={open} />
                </div>
                <div className="grid min-w-0 gap-3 max-xl:sm:grid-cols-2">
                  <Alerts boards={boards} agents={agents} staff={staff} onOpen={setOpened} />
                  <Bars points={totals.points} />
                </div>
              </div>
            </div>
          )}
        </div>
      </main>
      {agent && (
        <AgentPanel
          key={agent.id}
          agent={agent}
          agents={agents}
          boards={every}
          onClose={() => setOpened(null)}
        />
      )}
      {board && (
        <QueuePanel
          key={board.id}
          board={board}
          agents={agents}
          boards={every}
          onClose={() => setOpened(null)}
        />
      )}
      {telling && <BroadcastDialog boards={every} onClose={() => setTelling(false)} />}
    </div>
  );
}

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && /^(input|textarea|select)$/i.test(target.tagName);

/** Wall mode by button or `F`, over the whole screen where the browser lets it; `Esc` leaves. */
function useWall(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(false);
  const set = useCallback((wanted: boolean) => {
    setOn(wanted);
    if (wanted) void document.documentElement.requestFullscreen?.().catch(() => undefined);
    else if (document.fullscreenElement) void document.exitFullscreen();
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.altKey || event.ctrlKey || event.metaKey)
        return;
      if (event.key === "Escape") set(false);
      else if (event.code === "KeyF" && isOn("single_keys") && !typing(event.target)) set(true);
    };
    const onScreen = () => {
      if (!document.fullscreenElement) setOn(false);
    };
    window.addEventListener("keydown", onKey);
    document.addEventListener("fullscreenchange", onScreen);
    return () => {
      window.removeEventListener("keydown", onKey);
      document.removeEventListener("fullscreenchange", onScreen);
    };
  }, [set]);
  return [on, set];
}
