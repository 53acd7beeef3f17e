import { useQuery } from "@tanstack/react-query";
import type { Conversation, Routing, Why } from "@wasl/api";
import { isolate, ltr, useFormat, useHasText, useT } from "@wasl/i18n";
import { Avatar, Button, Dialog, EmptyState, Loading, Pill, Skeleton } from "@wasl/ui";
import { Check, CircleDot, Flag, RefreshCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useNow } from "../../clock.ts";
import { useErrorText } from "../../errors.ts";
import { api } from "../../ground.ts";
import { useNamed } from "../../names.ts";
import { useLanguageName, useNeeded, useWhy } from "../../why.ts";

const useQueues = () =>
  useQuery({ queryKey: ["queues"], queryFn: () => api.call("GET /queues"), staleTime: 60_000 });
const useAgents = () =>
  useQuery({ queryKey: ["agents"], queryFn: () => api.call("GET /agents"), staleTime: 300_000 });

/** Why a conversation is where it is: a sentence, what is missing, who could take it, the clock. */
export function RoutingDialog(props: { conversation: Conversation; onClose: () => void }) {
  const t = useT();
  const text = useErrorText();
  const { id, version, state, number } = props.conversation;
  const told = useQuery({
    // Asked again whenever the conversation moves.
    queryKey: ["routing", id, version, state],
    queryFn: () => api.call("GET /conversations/{id}/routing", { path: { id } }),
    placeholderData: (before) => before,
  });
  return (
    <Dialog
      title={`${t("routing.title")} · ${ltr(number)}`}
      isOpen
      onClose={props.onClose}
      width={520}
    >
      {told.data ? (
        <Told told={told.data} />
      ) : told.isError ? (
        <EmptyState
          icon={TriangleAlert}
          tone="bad"
          title={t("routing.failed")}
          actions={
            <Button icon={RefreshCw} onPress={() => void told.refetch()}>
              {t("common.retry")}
            </Button>
          }
        >
          {text(told.error)}
        </EmptyState>
      ) : (
        <Loading label={t("common.loading")}>
          <div className="space-y-3 py-2">
            <Skeleton className="h-3 w-4/5" />
            <Skeleton className="h-2.5 w-3/5" />
          </div>
        </Loading>
      )}
    </Dialog>
  );
}

function Told({ told }: { told: Routing }) {
  const t = useT();
  const format = useFormat();
  const stateWords = useStateWords();
  const agentWords = useAgentWords();
  const now = useNow("minute");
  const [first, ...more] = told.why.map(stateWords);
  const { place, expected_wait_s: wait } = told;
  return (
    <div className="text-[13px]">
      <p className="text-sm font-medium">{first ?? t(`routing.status_${told.state}`)}</p>
      {place !== null && (
        <p className="num mt-1 text-ink-2">
          {wait === null
            ? t("routing.place", { n: place })
            : t("routing.place_wait", { n: place, time: format.span(wait) })}
          {told.waiting_since && (
            <>
              {" · "}
              {t("routing.waiting", {
                time: format.span((now - Date.parse(told.waiting_since)) / 1000),
              })}
            </>
          )}
        </p>
      )}
      {told.priority !== null && told.priority.level > 0 && (
        <p className="mt-1 flex items-start gap-1.5 text-ink-2">
          <Flag size={14} aria-hidden="true" className="mt-1 shrink-0" />
          {told.priority.ahead_s === null
            ? t("routing.priority_strict", { level: t(`desk.priority_${told.priority.level}`) })
            : t("routing.priority", {
                level: t(`desk.priority_${told.priority.level}`),
                time: format.span(told.priority.ahead_s),
              })}
        </p>
      )}
      {more.length > 0 && (
        <Part title={t("routing.conditions")}>
          <ul className="flex flex-col gap-1">
            {more.map((words) => (
              <li key={words} className="flex items-start gap-2">
                <CircleDot size={14} aria-hidden="true" className="mt-1 shrink-0 text-ink-3" />
                {words}
              </li>
            ))}
          </ul>
        </Part>
      )}
      {told.agents.length > 0 && (
        <Part title={t("routing.everyone")}>
          <ul className="divide-y divide-line/70">
            {told.agents.map(({ user, why }) => (
              <li key={user.id} className="flex items-center gap-2.5 py-1.5">
                <Avatar name={user.name} size={24} />
                <span dir="auto" className="bidi-line min-w-0 grow truncate">
                  {user.name}
                </span>
                <Pill
                  {...(why.code === "not_offered" ? { tone: "accent" as const, icon: Check } : {})}
                >
                  {agentWords(why)}
                </Pill>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {told.decisions.length > 0 && <History decisions={told.decisions} />}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-4">
      <h3 className="mb-1.5 font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function History({ decisions }: { decisions: Routing["decisions"] }) {
  const t = useT();
  const format = useFormat();
  const has = useHasText();
  const why = useWhy();
  const now = useNow("minute");
  const queueName = useQueueName();
  const reason = (one: Why, queue: string) =>
    has(`routing.move_${one.code}`) ? t(`routing.move_${one.code}`) : why(one, queue);
  return (
    <Part title={t("routing.history")}>
      <ol className="flex flex-col gap-2.5">
        {decisions.map((decision) => {
          const queue = queueName(decision.queue_id);
          return (
            <li key={`${decision.at} ${decision.kind}`}>
              <p className="flex items-baseline justify-between gap-3">
                <span className="font-medium">
                  {t(`routing.did_${decision.kind}`, {
                    name: isolate(decision.user?.name || t("routing.someone")),
                    queue: isolate(queue),
                  })}
                </span>
                <time dateTime={decision.at} className="num shrink-0 text-xs text-ink-2">
                  {format.dateTime(decision.at, now)}
                </time>
              </p>
              {decision.why.length > 0 && (
                <p className="text-xs text-ink-2">
                  {decision.why.map((one) => reason(one, queue)).join(" · ")}
                </p>
              )}
            </li>
          );
        })}
      </ol>
    </Part>
  );
}

function useQueueName(): (id: string | null) => string {
  const t = useT();
  const named = useNamed();
  const queues = useQueues();
  return (id) => {
    const queue = queues.data?.find((each) => each.id === id);
    return queue ? named(queue.names) : t("routing.another_queue");
  };
}

/** What holds of the conversation, as a sentence. */
function useStateWords(): (why: Why) => string {
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const needed = useNeeded();
  const agents = useAgents();
  const now = useNow("minute");
  const nameOf = (id: unknown) => {
    const known = agents.data?.find((agent) => agent.id === id);
    return isolate(known?.name ?? t("routing.someone"));
  };
  const momentOf = (at: unknown) => (typeof at === "string" ? format.dateTime(at, now) : "");
  return ({ code, params }) => {
    const needs = needed((params.lacking ?? []) as { name: string; least: number }[]);
    const ids: Record<string, string> = {
      closed: params.opens_at ? "routing.state_closed_until" : "routing.state_closed",
      nobody_meets: needs ? "routing.state_nobody_meets" : "routing.state_nobody_meets_any",
    };
    const id = ids[code] ?? `routing.state_${code}`;
    if (!has(id)) return code;
    return t(id, {
      n: Number(params.n ?? 0),
      name: Array.isArray(params.agents)
        ? format.list(params.agents.map(nameOf))
        : nameOf(params.agent),
      time: momentOf(params.until ?? params.opens_at),
      needs,
    });
  };
}

/** Why an agent has it not. Of a colleague's work no more is told than that they are busy. */
function useAgentWords(): (why: Why) => string {
  const t = useT();
  const has = useHasText();
  const languageName = useLanguageName();
  return ({ code, params }) => {
    const id = `routing.agent_${code}`;
    if (!has(id)) return code;
    const name = String(params.name ?? "");
    return t(id, {
      name: code === "lacks_language" ? languageName(name) : isolate(name),
      level: Number(params.level ?? 0),
    });
  };
}
