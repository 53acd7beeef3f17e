import type { QueueBoard } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { cardLook, EmptyState, Ltr } from "@wasl/ui";
import { clsx } from "clsx";
import {
  AlarmClockOff,
  PhoneForwarded,
  Search,
  Timer,
  TimerOff,
  TriangleAlert,
} from "lucide-react";
import { memo, type ReactNode } from "react";
import { Button } from "react-aria-components";
import { useNamed } from "../names.ts";
import type { Column } from "./columns.ts";
import { GROUPS, judgeAbandon, judgeWait, type Staff } from "./figures.ts";
import { FourWays, INK, ServiceLevel } from "./level.tsx";
import { Elapsed, usePercent, useWallNow } from "./live.tsx";
import { Spark, waitingOf } from "./spark.tsx";
import { GROUP_LOOKS } from "./states.tsx";

interface Props {
  boards: QueueBoard[];
  staff: Map<string, Staff>;
  shown: ReadonlySet<Column>;
  filter: string;
  onFilter: (words: string) => void;
  onOpen: (board: QueueBoard) => void;
}

const cell = "px-2 py-1 text-[13px]";
const head = "px-2 py-1.5 text-xs font-medium text-ink-2 whitespace-nowrap";

/** A table where there is room, cards on a phone. Rows keep their places whatever happens. */
export function QueueTable({ boards, staff, shown, filter, onFilter, onOpen }: Props) {
  const t = useT();
  const named = useNamed();
  const wanted = filter.trim().toLocaleLowerCase();
  const rows = wanted
    ? boards.filter((board) => named(board.names).toLocaleLowerCase().includes(wanted))
    : boards;
  return (
    <section className={cardLook} aria-labelledby="wall-queues">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2">
        <h2 id="wall-queues" className="text-sm font-semibold">
          {t("wallboard.queues")}
        </h2>
        <p className="min-w-40 grow basis-0 text-xs text-ink-2">{t("wallboard.queues_lead")}</p>
        {boards.length > 5 && (
          <label className="flex h-8 items-center gap-1.5 rounded-lg border border-line-strong px-2 text-[13px] focus-within:outline-2 focus-within:outline-ring">
            <Search size={14} aria-hidden="true" className="text-ink-3" />
            <span className="sr-only">{t("wallboard.filter")}</span>
            <input
              type="search"
              data-wall-filter
              value={filter}
              onChange={(event) => onFilter(event.target.value)}
              placeholder={t("wallboard.filter")}
              className="w-28 bg-transparent outline-none"
            />
          </label>
        )}
      </header>
      {rows.length === 0 ? (
        <EmptyState icon={Search} title={t("wallboard.no_queues")} />
      ) : (
        <>
          <div className="hidden overflow-x-auto md:block">
            <table className="w-full border-collapse">
              <thead className="border-b border-line bg-raised">
                <tr>
                  <th scope="col" className={clsx(head, "ps-4 text-start")}>
                    {t("wallboard.queue")}
                  </th>
                  <th scope="col" className={clsx(head, "text-end")}>
                    {t("wallboard.waiting")}
                  </th>
                  {shown.has("late") && (
                    <th scope="col" className={clsx(head, "text-end")}>
                      {t("wallboard.late")}
                    </th>
                  )}
                  {shown.has("longest") && (
                    <th scope="col" className={clsx(head, "text-end")}>
                      {t("wallboard.longest")}
                    </th>
                  )}
                  {shown.has("expected") && (
                    <th scope="col" className={clsx(head, "text-end")}>
                      {t("wallboard.expected")}
                    </th>
                  )}
                  {shown.has("level") && (
                    <th scope="col" className={clsx(head, "ps-5 text-start")}>
                      {t("wallboard.level")}
                    </th>
                  )}
                  {shown.has("abandon") && (
                    <th scope="col" className={clsx(head, "text-end")}>
                      {t("wallboard.abandon")}
                    </th>
                  )}
                  {shown.has("trend") && (
                    <th scope="col" className={clsx(head, "ps-4 text-start")}>
                      {t("wallboard.trend")}
                    </th>
                  )}
                  {shown.has("staff") &&
                    GROUPS.map((group) => {
                      const { icon: Icon, ink } = GROUP_LOOKS[group];
                      return (
                        <th
                          key={group}
                          scope="col"
                          title={t(`wallboard.${group}`)}
                          className={clsx(head, "px-1 text-center last:pe-4")}
                        >
                          <Icon size={15} aria-hidden="true" className={clsx("mx-auto", ink)} />
                          <span className="sr-only">{t(`wallboard.${group}`)}</span>
                        </th>
                      );
                    })}
                </tr>
              </thead>
              <tbody>
                {rows.map((board) => (
                  <Row
                    key={board.id}
                    board={board}
                    staff={staff.get(board.id)}
                    shown={shown}
                    onOpen={onOpen}
                  />
                ))}
              </tbody>
            </table>
          </div>
          <ul className="divide-y divide-line md:hidden">
            {rows.map((board) => (
              <Card
                key={board.id}
                board={board}
                staff={staff.get(board.id)}
                shown={shown}
                onOpen={onOpen}
              />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

interface RowProps {
  board: QueueBoard;
  staff: Staff | undefined;
  shown: ReadonlySet<Column>;
  onOpen: (board: QueueBoard) => void;
}

const sameStaff = (a: Staff | undefined, b: Staff | undefined) =>
  a === b || (a && b ? GROUPS.every((group) => a[group] === b[group]) : false);
/** One of two hundred rows changes alone. */
const unchanged = (a: RowProps, b: RowProps) =>
  a.board === b.board && a.shown === b.shown && sameStaff(a.staff, b.staff);

const Row = memo(function Row({ board, staff, shown, onOpen }: RowProps) {
  return (
    <tr className="h-11 border-b border-line last:border-0 hover:bg-raised">
      <th scope="row" className={clsx(cell, "max-w-56 truncate ps-4 text-start font-medium")}>
        <OpenQueue board={board} onOpen={onOpen} />
      </th>
      <td className={clsx(cell, "text-end text-sm font-semibold")}>
        <Waiting board={board} />
      </td>
      {shown.has("late") && (
        <td className={clsx(cell, "text-end")}>
          <Late board={board} />
        </td>
      )}
      {shown.has("longest") && (
        <td className={clsx(cell, "text-end")}>
          <LongestWait board={board} />
        </td>
      )}
      {shown.has("expected") && (
        <td className={clsx(cell, "text-end text-ink-2")}>
          <Expected board={board} />
        </td>
      )}
      {shown.has("level") && (
        <td className={clsx(cell, "min-w-64 ps-3")}>
          <FourWays board={board}>
            <ServiceLevel board={board} />
          </FourWays>
        </td>
      )}
      {shown.has("abandon") && (
        <td className={clsx(cell, "text-end")}>
          <AbandonRate board={board} />
        </td>
      )}
      {shown.has("trend") && (
        <td className={clsx(cell, "ps-4")}>
          <Spark values={waitingOf(board.points)} className="h-7 w-28" />
        </td>
      )}
      {shown.has("staff") &&
        GROUPS.map((group) => (
          <td key={group} className={clsx(cell, "px-1 text-center last:pe-4")}>
            <StaffCount n={staff?.[group] ?? 0} strong={group === "available"} />
          </td>
        ))}
    </tr>
  );
}, unchanged);

const Card = memo(function Card({ board, staff, shown, onOpen }: RowProps) {
  const t = useT();
  return (
    <li className="px-4 py-3">
      <div className="flex items-baseline gap-2">
        <h3 className="min-w-0 grow truncate text-sm font-semibold">
          <OpenQueue board={board} onOpen={onOpen} />
        </h3>
        <span className="text-xl font-semibold">
          <Waiting board={board} />
        </span>
        <span className="text-xs text-ink-2">{t("wallboard.waiting")}</span>
      </div>
      <dl className="mt-1 grid grid-cols-3 gap-2 text-[13px]">
        {shown.has("late") && (
          <Fact label={t("wallboard.late")}>
            <Late board={board} />
          </Fact>
        )}
        {shown.has("longest") && (
          <Fact label={t("wallboard.longest")}>
            <LongestWait board={board} />
          </Fact>
        )}
        {shown.has("expected") && (
          <Fact label={t("wallboard.expected")}>
            <Expected board={board} />
          </Fact>
        )}
        {shown.has("abandon") && (
          <Fact label={t("wallboard.abandon")}>
            <AbandonRate board={board} />
          </Fact>
        )}
      </dl>
      {shown.has("level") && (
        <div className="mt-2">
          <FourWays board={board}>
            <ServiceLevel board={board} />
          </FourWays>
        </div>
      )}
      <div className="mt-2 flex items-center gap-4">
        {shown.has("staff") &&
          GROUPS.map((group) => {
            const { icon: Icon, ink } = GROUP_LOOKS[group];
            return (
              <span key={group} className="flex items-center gap-1 text-[13px]">
                <Icon size={14} aria-hidden="true" className={ink} />
                <span className="sr-only">{t(`wallboard.${group}`)}</span>
                <StaffCount n={staff?.[group] ?? 0} strong={group === "available"} />
              </span>
            );
          })}
        {shown.has("trend") && (
          <Spark values={waitingOf(board.points)} className="ms-auto h-6 w-24" />
        )}
      </div>
    </li>
  );
}, unchanged);

function OpenQueue({ board, onOpen }: Pick<RowProps, "board" | "onOpen">) {
  const named = useNamed();
  return (
    <Button
      onPress={() => onOpen(board)}
      className="max-w-full truncate rounded-sm text-start underline-offset-2 data-hovered:underline"
    >
      <bdi>{named(board.names)}</bdi>
    </Button>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="truncate text-2xs text-ink-2">{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Count({ n }: { n: number }) {
  const format = useFormat();
  return <Ltr className="num">{format.number(n)}</Ltr>;
}

/** How many wait, and how many of them are to be called back. */
function Waiting({ board }: { board: QueueBoard }) {
  const t = useT();
  const label = t("wallboard.callbacks", { n: board.callbacks });
  return (
    <span className="inline-flex items-center gap-1.5">
      {board.callbacks > 0 && (
        <span title={label} className="flex items-center gap-0.5 text-xs font-normal text-ink-2">
          <PhoneForwarded size={12} aria-hidden="true" />
          <span className="sr-only">{label}</span>
          <span aria-hidden="true">
            <Count n={board.callbacks} />
          </span>
        </span>
      )}
      <Count n={board.waiting} />
    </span>
  );
}

function StaffCount({ n, strong }: { n: number; strong: boolean }) {
  return (
    <span className={clsx(n === 0 ? "text-ink-3" : strong && "font-semibold")}>
      <Count n={n} />
    </span>
  );
}

/** How many are over one of their targets. */
function Late({ board }: { board: QueueBoard }) {
  if (!board.late)
    return (
      <span className="text-ink-3">
        <Count n={0} />
      </span>
    );
  return (
    <span className={clsx("inline-flex items-center gap-1 font-semibold", INK.bad)}>
      <AlarmClockOff size={14} aria-hidden="true" className="shrink-0" />
      <Count n={board.late} />
    </span>
  );
}

const WAIT_ICONS = { warn: Timer, bad: TimerOff };

export function LongestWait({ board, size = 14 }: { board: QueueBoard; size?: number }) {
  const t = useT();
  const level = judgeWait(board, useWallNow());
  if (!board.waiting_since) return <span className="text-ink-3">—</span>;
  const Icon = level === "ok" ? null : WAIT_ICONS[level];
  return (
    <span
      className={clsx(
        "inline-flex items-center gap-1 whitespace-nowrap",
        INK[level],
        level !== "ok" && "font-semibold",
      )}
    >
      {Icon && <Icon size={size} aria-hidden="true" className="shrink-0" />}
      {level === "bad" && <span className="sr-only">{t("wallboard.too_long")}</span>}
      <Elapsed since={board.waiting_since} />
    </span>
  );
}

export function Expected({ board }: { board: QueueBoard }) {
  const format = useFormat();
  if (board.expected_wait_s === null) return <span className="text-ink-3">—</span>;
  return <Ltr className="num">{format.clock(board.expected_wait_s)}</Ltr>;
}

function AbandonRate({ board }: { board: QueueBoard }) {
  const percent = usePercent();
  const level = judgeAbandon(board);
  if (board.abandon_rate === null) return <span className="text-ink-3">—</span>;
  return (
    <span
      className={clsx(
        "inline-flex items-center gap-1",
        INK[level],
        level !== "ok" && "font-semibold",
      )}
    >
      {level !== "ok" && <TriangleAlert size={13} aria-hidden="true" />}
      <bdi>{percent(board.abandon_rate)}</bdi>
    </span>
  );
}
