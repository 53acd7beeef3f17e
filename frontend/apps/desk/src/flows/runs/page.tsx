import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { AutomationRun, AutomationRunStatus } from "@wasl/api";
import { isolate, ltr, useFormat, useHasText, useT } from "@wasl/i18n";
import { Button, cardLook, EmptyState, Pill, Switch, toast } from "@wasl/ui";
import { clsx } from "clsx";
import { ArrowLeft, Footprints, RefreshCw, RotateCcw, Zap } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useErrorToast } from "../../errors.ts";
import { api } from "../../ground.ts";
import { useKeyedName } from "../../settings/keyed-name.ts";
import { Loaded } from "../../settings/parts.tsx";
import { refresh } from "../../settings/queries.ts";
import { RUN_LOOKS } from "../trace/looks.ts";

const TraceDialog = lazy(() => import("../trace/dialog.tsx"));

const PAGE = 50;
const STATUSES: AutomationRunStatus[] = ["finished", "handed_over", "running", "failed", "stopped"];
const ALL = "all";

/** `/flows/<id>/runs`: what an automation did, and what kept it from it. */
export default function AutomationRuns({ id }: { id: string }) {
  const t = useT();
  const named = useKeyedName();
  const automations = useQuery({
    queryKey: ["automations"],
    queryFn: () => api.call("GET /automations"),
    staleTime: 0,
  });
  const [status, setStatus] = useState<AutomationRunStatus | null>(null);
  const runs = useInfiniteQuery({
    queryKey: ["automation-runs", id, status],
    queryFn: ({ pageParam }) =>
      api.call("GET /automations/{id}/runs", {
        path: { id },
        query: { status, before: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ items }) => (items.length < PAGE ? undefined : items.at(-1)?.id),
    staleTime: 0,
  });
  const automation = automations.data?.items.find(({ flow_id }) => flow_id === id);
  const counts = runs.data?.pages[0]?.counts ?? {};
  return (
    <main className="min-w-0 grow overflow-y-auto bg-canvas p-4 md:p-5" data-pane>
      <div className="mx-auto flex min-h-full max-w-4xl flex-col">
        <header className="mb-3 flex flex-wrap items-center gap-2">
          <Link
            to="/flows/$"
            params={{ _splat: id }}
            aria-label={t("common.back")}
            className="-ms-1 grid size-8 place-items-center rounded-lg text-ink-2 hover:bg-sunken"
          >
            <ArrowLeft size={18} aria-hidden="true" className="icon-flip" />
          </Link>
          <div className="min-w-40 grow basis-0">
            <h1 className="text-lg leading-7 font-semibold">
              {automation
                ? t("flows.runs.of", { name: isolate(named(automation)) })
                : t("flows.runs.title")}
            </h1>
            <p className="text-[13px] text-ink-2">{t("flows.runs.lead")}</p>
          </div>
          {automation && <Active id={id} active={automation.active} />}
          <Button icon={RefreshCw} onPress={() => void refresh("automation-runs")}>
            {t("flows.runs.again")}
          </Button>
        </header>
        <ToggleButtonGroup
          aria-label={t("flows.runs.filter")}
          disallowEmptySelection
          selectedKeys={[status ?? ALL]}
          onSelectionChange={(keys) => {
            const [key] = [...keys];
            setStatus(key === ALL ? null : (key as AutomationRunStatus));
          }}
          className="scroll-thin mb-3 flex gap-1 overflow-x-auto pb-1"
        >
          <Choice id={ALL}>{t("flows.runs.all")}</Choice>
          {STATUSES.map((each) => (
            <Choice key={each} id={each}>
              {t("flows.runs.counted", {
                status: t(`flows.runs.status.${each}`),
                n: counts[each] ?? 0,
              })}
            </Choice>
          ))}
        </ToggleButtonGroup>
        <Loaded query={runs}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            if (!items.length)
              return (
                <EmptyState icon={Zap} title={t("flows.runs.none")}>
                  {t(status ? "flows.runs.none_of" : "flows.runs.none_text")}
                </EmptyState>
              );
            return (
              <>
                <ul className={clsx(cardLook, "overflow-hidden")}>
                  {items.map((run) => (
                    <Row key={run.id} flow={id} run={run} />
                  ))}
                </ul>
                {runs.hasNextPage && (
                  <Button
                    className="mt-3 self-center"
                    isPending={runs.isFetchingNextPage}
                    onPress={() => void runs.fetchNextPage()}
                  >
                    {t("flows.runs.older")}
                  </Button>
                )}
              </>
            );
          }}
        </Loaded>
      </div>
    </main>
  );
}

function Choice({ id, children }: { id: string; children: string }) {
  return (
    <ToggleButton
      id={id}
      className="inline-flex h-8 shrink-0 items-center rounded-full border border-line bg-surface px-3 text-[13px] text-ink-2 data-hovered:bg-sunken data-selected:border-transparent data-selected:bg-accent-soft data-selected:font-medium data-selected:text-accent-text"
    >
      {children}
    </ToggleButton>
  );
}

function Active({ id, active }: { id: string; active: boolean }) {
  const t = useT();
  const failed = useErrorToast();
  const put = (next: boolean) =>
    api
      .call("PUT /automations/{id}", { path: { id }, body: { active: next } })
      .then(() => refresh("automations"))
      .catch(failed);
  return (
    <Switch isSelected={active} onChange={(next) => void put(next)}>
      {t(active ? "flows.runs.active" : "flows.runs.rests")}
    </Switch>
  );
}

function Row({ flow, run }: { flow: string; run: AutomationRun }) {
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const { icon, tone } = RUN_LOOKS[run.status];
  const { conversation } = run;
  const why = `flows.reason.${run.reason}`;
  const started = `flows.trigger.on.${run.started_by}`;
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1.5 border-b border-line/70 px-4 py-3 last:border-0">
      <span className="w-28 shrink-0">
        <Pill tone={tone} icon={icon}>
          {t(`flows.runs.status.${run.status}`)}
        </Pill>
      </span>
      <span className="min-w-48 grow basis-0 leading-5">
        {conversation ? (
          <Link
            to="/conversations/$id"
            params={{ id: conversation.id }}
            search={{ view: "all" }}
            className="font-medium hover:underline"
          >
            {t("flows.runs.conversation", {
              number: ltr(conversation.number),
              name: isolate(conversation.contact_name || t("flows.runs.nobody")),
            })}
          </Link>
        ) : (
          <span className="font-medium text-ink-2">{t("flows.runs.gone")}</span>
        )}
        <span className="block text-[13px] text-ink-2">
          {t("flows.runs.because", {
            what: has(started) ? t(started) : ltr(run.started_by),
            version: run.version,
          })}
        </span>
        {run.status === "stopped" ? (
          <span className="block text-[13px] text-warn">
            {t("flows.runs.round", { chain: ltr(run.chain.join(" → ")) })}
          </span>
        ) : (
          run.chain.length > 1 && (
            <span className="block text-[13px] text-ink-2">
              {t("flows.runs.chain", { chain: ltr(run.chain.join(" → ")) })}
            </span>
          )
        )}
        {run.status === "failed" && (
          <span className="block text-[13px] text-bad">
            {t(run.step ? "flows.runs.failed_at" : "flows.runs.failed", {
              why: has(why) ? t(why) : ltr(run.reason),
              step: ltr(run.step ?? ""),
            })}
          </span>
        )}
        {run.status === "running" && run.step && (
          <span className="block text-[13px] text-ink-2">
            {t("flows.runs.waits_at", { step: ltr(run.step) })}
          </span>
        )}
      </span>
      <span className="shrink-0 text-xs text-ink-3">{format.dateTime(run.started_at)}</span>
      {conversation && <Steps conversation={conversation.id} run={run} />}
      {run.status === "failed" && run.reason !== "retried" && <Retry flow={flow} run={run.id} />}
    </li>
  );
}

function Steps({ conversation, run }: { conversation: string; run: AutomationRun }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" icon={Footprints} onPress={() => setOpen(true)}>
        {t("flows.trace.open")}
      </Button>
      {open && (
        <Suspense>
          <TraceDialog conversation={conversation} run={run.id} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

function Retry({ flow, run }: { flow: string; run: string }) {
  const t = useT();
  const failed = useErrorToast();
  const [busy, setBusy] = useState(false);
  const retry = async () => {
    setBusy(true);
    try {
      await api.call("POST /automations/{id}/runs/{run}/retry", { path: { id: flow, run } });
      toast(t("flows.runs.retried"));
      await refresh("automation-runs");
    } catch (error) {
      failed(error);
    }
    setBusy(false);
  };
  return (
    <Button size="sm" icon={RotateCcw} isPending={busy} onPress={() => void retry()}>
      {t("common.retry")}
    </Button>
  );
}
