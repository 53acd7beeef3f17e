import { useNavigate } from "@tanstack/react-router";
import type { ConversationRow, Counts, View } from "@wasl/api";
import { isolate, ltr, useFormat, useT } from "@wasl/i18n";
import {
  Button,
  EmptyState,
  IconButton,
  Kbd,
  Loading,
  MenuAt,
  MenuButton,
  Pill,
  Skeleton,
  Tabs,
} from "@wasl/ui";
import { clsx } from "clsx";
import {
  AlarmClock,
  Check,
  ChevronDown,
  Inbox,
  RefreshCw,
  Search,
  Timer,
  TriangleAlert,
  X,
} from "lucide-react";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { embedded } from "../../embed.ts";
import { useCommand } from "../../keys/commands.ts";
import { keyFor } from "../../keys/keys.tsx";
import { useMe } from "../../me.ts";
import { useMeScope } from "../../me-scope.ts";
import { useStatusChange } from "../actions.ts";
import { ListRow, type RowVerbs } from "./list-row.tsx";
import { useList } from "./use-list.ts";

const SnoozeDialog = lazy(() =>
  import("../dialogs/snooze.tsx").then((m) => ({ default: m.SnoozeDialog })),
);

const MAIN: View[] = ["mine", "unassigned", "all"];
const MORE: View[] = ["pending", "snoozed", "resolved", "spam"];

const countOf = (counts: Counts | null, view: View) =>
  counts && view in counts ? counts[view as keyof Counts] : null;

interface Props {
  view: View;
  selected: string | null;
  className?: string;
}

export function ConversationList({ view, selected, className }: Props) {
  const t = useT();
  const format = useFormat();
  const navigate = useNavigate();
  const { counts } = useMeScope();
  const [search, setSearch] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const list = useList(view, search);
  const mayDo = useMayDo();
  const { mutate: changeStatus } = useStatusChange();
  const [menu, setMenu] = useState<{ row: ConversationRow; anchor: Element } | null>(null);
  const [snoozing, setSnoozing] = useState<ConversationRow | null>(null);
  const verbs: RowVerbs = useMemo(
    () => ({
      resolve: (row) => changeStatus({ conversation: row, body: { status: "resolved" } }),
      snooze: setSnoozing,
      menu: (row, anchor) => setMenu({ row, anchor }),
    }),
    [changeStatus],
  );
  const setView = (next: View) => void navigate({ to: ".", search: { view: next } });

  const go = (step: 1 | -1) => () => {
    const at = list.rows.findIndex((row) => row.id === selected);
    const next = list.rows[at < 0 ? 0 : at + step];
    if (next)
      void navigate({ to: "/conversations/$id", params: { id: next.id }, search: { view } });
  };
  useCommand("next", go(1));
  useCommand("previous", go(-1));
  useCommand("search", () => field.current?.focus());

  const tabs = [...MAIN, ...(MORE.includes(view) ? [view] : [])].map((id) => {
    const n = countOf(counts, id);
    return { id, label: t(`desk.view_${id}`), count: n === null ? undefined : format.number(n) };
  });
  return (
    <section
      aria-label={t("desk.list")}
      data-pane=""
      tabIndex={-1}
      className={clsx(
        "w-full shrink-0 flex-col border-line bg-surface outline-none md:border-e",
        embedded ? "md:w-63" : "md:w-85",
        className,
      )}
    >
      <header className="px-4 pt-3.5 pb-2">
        <div className="flex items-center justify-between gap-2">
          <h1 className="text-lg font-semibold">{t("desk.title")}</h1>
          {counts && (
            <Pill icon={Timer}>
              <span className="num">{t("desk.waiting", { n: counts.waiting })}</span>
            </Pill>
          )}
        </div>
        <div className="mt-2.5 flex h-9 items-center gap-2 rounded-lg border border-line bg-sunken ps-2.5 pe-1 focus-within:border-accent focus-within:ring-3 focus-within:ring-accent/20">
          <Search size={15} aria-hidden="true" className="shrink-0 text-ink-3" />
          <input
            ref={field}
            type="text"
            inputMode="search"
            dir="auto"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            onKeyDown={(event) => event.key === "Escape" && setSearch("")}
            placeholder={t("desk.search")}
            aria-label={t("desk.search")}
            className="bidi-line min-w-0 grow bg-transparent text-sm outline-none!"
          />
          {search ? (
            <IconButton
              icon={X}
              size="sm"
              label={t("desk.clear_search")}
              onPress={() => setSearch("")}
            />
          ) : (
            <Kbd className="me-1.5 hidden md:inline">{keyFor("search")}</Kbd>
          )}
        </div>
      </header>
      <Tabs
        label={t("desk.views")}
        items={tabs}
        value={view}
        onChange={(id) => setView(id as View)}
        end={
          <MenuButton
            label={t("desk.more_views")}
            trigger={
              <IconButton
                icon={ChevronDown}
                size="sm"
                label={t("desk.more_views")}
                className="self-center"
              />
            }
            actions={MORE.map((id) => {
              const n = countOf(counts, id);
              return {
                id,
                label: t(`desk.view_${id}`),
                kbd: n === null ? undefined : format.number(n),
                choice: t("desk.views"),
                selected: id === view,
                run: () => setView(id),
              };
            })}
          />
        }
      >
        <div className="scroll-thin min-h-0 grow overflow-y-auto">
          {list.failed ? (
            <EmptyState
              icon={TriangleAlert}
              tone="bad"
              title={t("shell.page_failed")}
              actions={
                <Button kind="primary" icon={RefreshCw} onPress={list.retry}>
                  {t("common.retry")}
                </Button>
              }
            />
          ) : !list.ready ? (
            <Loading label={t("common.loading")}>
              {[0, 1, 2, 3, 4, 5].map((n) => (
                <SkeletonRow key={n} />
              ))}
            </Loading>
          ) : list.rows.length === 0 ? (
            <Nothing view={view} search={search.trim()} counts={counts} onView={setView} />
          ) : (
            <>
              <ul>
                {list.rows.map((row) => (
                  <ListRow
                    key={row.id}
                    row={row}
                    view={view}
                    selected={row.id === selected}
                    verbs={mayDo(row) ? verbs : null}
                  />
                ))}
              </ul>
              {list.hasMore && (
                <div className="p-3 text-center">
                  <Button kind="ghost" onPress={list.loadMore}>
                    {t("desk.load_more")}
                  </Button>
                </div>
              )}
            </>
          )}
        </div>
      </Tabs>
      <MenuAt
        anchor={menu?.anchor ?? null}
        label={t("desk.row_actions", { name: isolate(menu?.row.contact.name ?? "") })}
        onClose={() => setMenu(null)}
        actions={[
          {
            id: "snooze",
            icon: AlarmClock,
            label: t("desk.snooze"),
            run: () => menu && verbs.snooze(menu.row),
          },
          {
            id: "resolve",
            icon: Check,
            label: t("desk.resolve"),
            run: () => menu && verbs.resolve(menu.row),
          },
        ]}
      />
      <Suspense>
        {snoozing && (
          <SnoozeDialog
            number={snoozing.number}
            onSnooze={(until) =>
              changeStatus({
                conversation: snoozing,
                body: { status: "snoozed", snoozed_until: until.toISOString() },
              })
            }
            onClose={() => setSnoozing(null)}
          />
        )}
      </Suspense>
    </section>
  );
}

/** Whose rows offer their verbs; the server decides again. */
function useMayDo(): (row: ConversationRow) => boolean {
  const { user, permissions } = useMe();
  const manages = permissions.includes("conversations.manage");
  const speaks = permissions.includes("conversations.reply");
  return ({ assignee, status, spam }) =>
    speaks &&
    status !== "resolved" &&
    !spam &&
    (manages || assignee === null || assignee.id === user.id);
}

function SkeletonRow() {
  return (
    <div className="flex h-19 gap-3 border-b border-line/60 px-4 py-3">
      <Skeleton className="size-9" />
      <div className="grow space-y-2 pt-0.5">
        <Skeleton className="h-2.5 w-2/5" />
        <Skeleton className="h-2 w-4/5" />
        <Skeleton className="h-2 w-1/4" />
      </div>
    </div>
  );
}

function Nothing(props: {
  view: View;
  search: string;
  counts: Counts | null;
  onView: (view: View) => void;
}) {
  const { view, search, counts, onView } = props;
  const t = useT();
  const { user } = useMe();
  if (search)
    return (
      <EmptyState icon={Search} title={t("desk.nothing_found", { q: isolate(search) })}>
        {t("desk.nothing_found_text", { code: ltr("W-4187") })}
      </EmptyState>
    );
  if (view !== "mine")
    return (
      <EmptyState icon={Inbox} title={t("desk.empty_view")}>
        {t("desk.empty_view_text")}
      </EmptyState>
    );
  const n = counts?.unassigned ?? 0;
  return (
    <EmptyState
      icon={Inbox}
      title={t("desk.empty_mine", { name: isolate(user.name.split(" ")[0] ?? user.name) })}
      actions={
        n > 0 && (
          <Button kind="primary" onPress={() => onView("unassigned")}>
            {t("desk.browse_unassigned")}
          </Button>
        )
      }
    >
      {t("desk.empty_mine_text", { n })}
    </EmptyState>
  );
}
