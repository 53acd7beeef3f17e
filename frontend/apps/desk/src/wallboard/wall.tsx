import type { FloorAgent, QueueBoard } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { cardLook, IconButton, Mark } from "@wasl/ui";
import { clsx } from "clsx";
import { CircleCheck, Minimize } from "lucide-react";
import { useMemo } from "react";
import { createPortal } from "react-dom";
import { useNow } from "../clock.ts";
import { useNamed } from "../names.ts";
import { AlertIcon, useAlerts, useAlertText } from "./alerts.tsx";
import { Bars } from "./bars.tsx";
import { byState, GROUPS, type Staff, type Totals } from "./figures.ts";
import { ServiceLevel } from "./level.tsx";
import { useWallNow } from "./live.tsx";
import { Live } from "./live-mark.tsx";
import { Count, Expected, LongestWait } from "./queue-table.tsx";
import { Spark, waitingOf } from "./spark.tsx";
import { GROUP_LOOKS } from "./states.tsx";
import { Tiles } from "./tiles.tsx";

const ROWS = 7;
const TURN_MS = 15_000;
const MOST_ALERTS = 4;

interface Props {
  boards: QueueBoard[];
  agents: FloorAgent[];
  staff: Map<string, Staff>;
  totals: Totals;
  free: number;
  onLeave: () => void;
}

/** For a television: dark, large, without anything of a contact. Pages turn when queues don't fit. */
export function Wall(props: Props) {
  const t = useT();
  const format = useFormat();
  const { boards, agents, staff, totals, free } = props;
  const now = useNow("second");
  const pages = Math.max(1, Math.ceil(boards.length / ROWS));
  const page = Math.floor(now / TURN_MS) % pages;
  return createPortal(
    <main
      className="dark fixed inset-0 z-50 flex flex-col gap-5 overflow-hidden bg-canvas p-8 text-xl text-ink"
      aria-label={t("wallboard.title")}
    >
      <header className="flex items-center gap-4">
        <span className="grid size-12 place-items-center rounded-xl bg-accent text-accent-ink">
          <Mark size={32} />
        </span>
        <h1 className="text-3xl font-semibold">{t("wallboard.title")}</h1>
        <span className="grow text-xl text-ink-2">
          {pages > 1 &&
            t("wallboard.page", { n: format.number(page + 1), of: format.number(pages) })}
        </span>
        <Live wall />
        <span className="text-ink-2">{format.day(now)}</span>
        <bdi className="num text-4xl font-semibold">{format.time(now)}</bdi>
        <IconButton icon={Minimize} label={t("wallboard.leave_wall")} onPress={props.onLeave} />
      </header>
      <Tiles totals={totals} free={free} wall />
      <div className="grid min-h-0 grow grid-cols-[minmax(0,1fr)_460px] gap-5">
        <WallQueues boards={boards.slice(page * ROWS, (page + 1) * ROWS)} staff={staff} />
        <div className="flex min-h-0 flex-col gap-5">
          <WallAgents agents={agents} />
          <WallAlerts boards={boards} agents={agents} staff={staff} />
          <Bars points={totals.points} wall />
        </div>
      </div>
    </main>,
    document.body,
  );
}

const head = "px-3 py-2 text-xl font-medium text-ink-2 whitespace-nowrap";

function WallQueues({ boards, staff }: { boards: QueueBoard[]; staff: Map<string, Staff> }) {
  const t = useT();
  const named = useNamed();
  useWallNow();
  return (
    <section className={clsx(cardLook, "overflow-hidden")} aria-label={t("wallboard.queues")}>
      <table className="w-full border-collapse">
        <thead className="border-b border-line bg-raised">
          <tr>
            <th scope="col" className={clsx(head, "ps-6 text-start")}>
              {t("wallboard.queue")}
            </th>
            <th scope="col" className={clsx(head, "text-end")}>
              {t("wallboard.waiting")}
            </th>
            <th scope="col" className={clsx(head, "text-end")}>
              {t("wallboard.longest")}
            </th>
            <th scope="col" className={clsx(head, "text-end")}>
              {t("wallboard.expected")}
            </th>
            <th scope="col" className={clsx(head, "ps-8 text-start")}>
              {t("wallboard.level")}
            </th>
            <th scope="col" className={clsx(head, "text-start max-[1700px]:hidden")}>
              {t("wallboard.trend")}
            </th>
            <th scope="col" className={clsx(head, "pe-6 text-end")}>
              {t("wallboard.free")}
            </th>
          </tr>
        </thead>
        <tbody>
          {boards.map((board) => (
            <tr key={board.id} className="h-23 border-b border-line text-[26px] last:border-0">
              <th scope="row" className="max-w-70 truncate ps-6 text-start font-medium">
                <bdi>{named(board.names)}</bdi>
              </th>
              <td className="px-3 text-end text-4xl font-semibold">
                <Count n={board.waiting} />
              </td>
              <td className="px-3 text-end">
                <LongestWait board={board} size={24} />
              </td>
              <td className="px-3 text-end text-ink-2">
                <Expected board={board} />
              </td>
              <td className="px-3">
                <ServiceLevel board={board} wall />
              </td>
              <td className="px-3 max-[1700px]:hidden">
                <Spark values={waitingOf(board.points)} className="h-12 w-32" />
              </td>
              <td className="pe-6 text-end text-3xl font-semibold">
                <Count n={staff.get(board.id)?.available ?? 0} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function WallAgents({ agents }: { agents: FloorAgent[] }) {
  const t = useT();
  const groups = useMemo(() => byState(agents), [agents]);
  return (
    <section className={clsx(cardLook, "p-5")} aria-label={t("wallboard.agents")}>
      <div aria-hidden="true" className="mb-3 flex h-4 gap-1">
        {GROUPS.filter((group) => groups[group].length).map((group) => (
          <span
            key={group}
            className={clsx("rounded", GROUP_LOOKS[group].fill)}
            style={{ flexGrow: groups[group].length }}
          />
        ))}
      </div>
      <dl className="flex justify-between gap-3">
        {GROUPS.map((group) => {
          const { icon: Icon, ink } = GROUP_LOOKS[group];
          return (
            <div key={group} className="flex min-w-0 flex-col-reverse">
              <dt className="text-xl whitespace-nowrap text-ink-2">{t(`wallboard.${group}`)}</dt>
              <dd className="flex items-center gap-2 text-4xl font-semibold">
                <Icon size={22} aria-hidden="true" className={ink} />
                <Count n={groups[group].length} />
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

function WallAlerts(props: Pick<Props, "boards" | "agents" | "staff">) {
  const t = useT();
  const alerts = useAlerts(props);
  const text = useAlertText();
  return (
    <section
      className={clsx(cardLook, "min-h-0 grow overflow-hidden p-5")}
      aria-label={t("wallboard.alerts")}
    >
      <h2 className="mb-2 text-2xl font-semibold">{t("wallboard.alerts")}</h2>
      {alerts.length === 0 && (
        <p className="flex items-center gap-3 text-ink-2">
          <CircleCheck size={24} aria-hidden="true" className="text-ok" />
          {t("wallboard.no_alerts")}
        </p>
      )}
      <ul className="divide-y divide-line">
        {alerts.slice(0, MOST_ALERTS).map((alert) => {
          const [what, limit] = text(alert);
          return (
            <li key={alert.id} className="flex items-center gap-4 py-2">
              <AlertIcon alert={alert} size={24} />
              <span className="min-w-0">
                <span className="block truncate font-semibold">{what}</span>
                <span className="block truncate text-ink-2">{limit}</span>
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
