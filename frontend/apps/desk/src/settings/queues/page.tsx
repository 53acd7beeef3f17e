import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Agent, Queue } from "@wasl/api";
import { useFormat, useLocale, useT } from "@wasl/i18n";
import { Avatar, Button, ChannelBadge, cardLook, EmptyState, Ltr, Pill } from "@wasl/ui";
import { clsx } from "clsx";
import { Plus, Workflow } from "lucide-react";
import { api } from "../../ground.ts";
import { useSkillName } from "../../why.ts";
import { useKindName } from "../channels/names.ts";
import type { SectionProps } from "../page.tsx";
import { Loaded, SectionPage } from "../parts.tsx";
import { useChannels, useQueues } from "../queries.ts";
import { OpenRow, RowTable } from "../rows.tsx";
import { AgentDrawer } from "./agent-drawer.tsx";
import { QueueDrawer } from "./queue-drawer.tsx";

const MOST_PILLS = 4;
const GRID = "grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,1fr)_96px_110px_110px_20px]";

/** `/settings/queues`, `…/<queue>`, `…/new` and `…/capacity/<agent>`. */
export default function QueuesPage({ rest }: SectionProps) {
  const t = useT();
  const navigate = useNavigate();
  const queues = useQueues();
  const channels = useChannels();
  const agents = useQuery({ queryKey: ["agents"], queryFn: () => api.call("GET /agents") });
  const [first, second] = rest;
  const open = (...steps: string[]) =>
    void navigate({ to: "/settings/$", params: { _splat: ["queues", ...steps].join("/") } });
  const queue = queues.data?.find(({ id }) => id === first);
  const agent = first === "capacity" ? agents.data?.find(({ id }) => id === second) : undefined;
  const kinds = kindsOf(agents.data ?? [], channels.data?.map(({ kind }) => kind) ?? []);

  return (
    <SectionPage
      title={t("settings.queues")}
      lead={t("settings.queue.lead")}
      action={
        <Button kind="primary" icon={Plus} onPress={() => open("new")}>
          {t("settings.queue.add")}
        </Button>
      }
      drawer={
        agent ? (
          <AgentDrawer key={agent.id} agent={agent} kinds={kinds} close={() => open()} />
        ) : (
          (queue || first === "new") && (
            <QueueDrawer key={queue?.id ?? "new"} queue={queue ?? null} close={() => open()} />
          )
        )
      }
    >
      <Loaded query={queues}>
        {(found) =>
          found.length ? (
            <QueueList queues={found} current={queue?.id} open={open} />
          ) : (
            <EmptyState icon={Workflow} title={t("settings.queue.none")}>
              {t("settings.queue.none_text")}
            </EmptyState>
          )
        }
      </Loaded>
      <h2 className="mt-6 text-sm font-semibold">{t("settings.agent.title")}</h2>
      <p className="mb-2 text-[13px] text-ink-2">{t("settings.agent.lead")}</p>
      <Loaded query={agents}>
        {(found) => (
          <AgentList
            agents={found}
            kinds={kinds}
            current={agent?.id}
            open={(id) => open("capacity", id)}
          />
        )}
      </Loaded>
    </SectionPage>
  );
}

const kindsOf = (agents: Agent[], configured: string[]): string[] => [
  ...new Set([...configured, ...agents.flatMap(({ load }) => load.map(({ kind }) => kind))]),
];

function QueueList(props: {
  queues: Queue[];
  current: string | undefined;
  open: (id: string) => void;
}) {
  const t = useT();
  const format = useFormat();
  const { language } = useLocale();
  return (
    <RowTable
      grid={GRID}
      header={
        <>
          <span>{t("settings.channel.queue")}</span>
          <span>{t("settings.queue.waiting")}</span>
          <span>{t("settings.queue.reply_target")}</span>
          <span>{t("settings.queue.resolution_target")}</span>
        </>
      }
      items={props.queues}
      current={props.current}
      open={props.open}
    >
      {(queue) => (
        <>
          <span className="min-w-0 leading-5">
            <span dir="auto" className="bidi-line block truncate font-medium">
              {queue.names[language] || queue.name}
            </span>
            <span className="block text-xs text-ink-3">
              {t("settings.people", { n: queue.members.length })}
            </span>
          </span>
          <span className="num text-[13px] text-ink-2">
            <span className="md:hidden">{t("settings.queue.waiting")}: </span>
            {format.number(queue.waiting)}
          </span>
          <span className="hidden text-[13px] text-ink-2 md:block">
            {format.span(queue.reply_target_s)}
          </span>
          <span className="hidden text-[13px] text-ink-2 md:block">
            {format.span(queue.resolution_target_s)}
          </span>
        </>
      )}
    </RowTable>
  );
}

/** The best of what somebody can, with its level. */
function SkillPills({ skills }: { skills: Record<string, number> }) {
  const format = useFormat();
  const skillName = useSkillName();
  const best = Object.entries(skills)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_PILLS);
  if (!best.length) return null;
  return (
    <span className="flex flex-wrap gap-1">
      {best.map(([skill, level]) => (
        <Pill key={skill}>
          {skillName(skill)} {format.number(level)}
        </Pill>
      ))}
    </span>
  );
}

function AgentList(props: {
  agents: Agent[];
  kinds: string[];
  current: string | undefined;
  open: (id: string) => void;
}) {
  const t = useT();
  const format = useFormat();
  const kindName = useKindName();
  return (
    <ul className={clsx(cardLook, "overflow-hidden")}>
      {props.agents.map((agent) => (
        <OpenRow
          key={agent.id}
          isCurrent={agent.id === props.current}
          onPress={() => props.open(agent.id)}
          className="flex"
        >
          <Avatar name={agent.name} size={32} />
          <span className="flex min-w-0 grow flex-wrap items-center gap-x-3 gap-y-1.5">
            <span dir="auto" className="bidi-line min-w-32 grow truncate font-medium">
              {agent.name}
            </span>
            <SkillPills skills={agent.skills} />
            <span className="flex flex-wrap gap-x-4 gap-y-1">
              {props.kinds.map((kind) => {
                const load = agent.load.find((each) => each.kind === kind);
                return (
                  <span key={kind} className="inline-flex items-center gap-1.5 text-[13px]">
                    <ChannelBadge kind={kind} />
                    <span className="text-ink-2 max-sm:sr-only">{kindName(kind)}</span>
                    <Ltr className="num font-medium">{format.number(load?.capacity ?? 0)}</Ltr>
                  </span>
                );
              })}
            </span>
          </span>
          <span className="sr-only">{t("settings.capacity.change")}</span>
        </OpenRow>
      ))}
    </ul>
  );
}
