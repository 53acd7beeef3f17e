import type { Names, Queue, QueueOverflow, Ref, Strategy } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { Button, IconButton, Select, toast } from "@wasl/ui";
import { Trash2, X } from "lucide-react";
import { useState } from "react";
import { api } from "../../ground.ts";
import { useNamed } from "../../names.ts";
import { EditDrawer } from "../edit-drawer.tsx";
import { NamesFields } from "../names-field.tsx";
import { Ask, NumberField } from "../parts.tsx";
import { refresh, useUsers } from "../queries.ts";
import { Hours } from "./rules/hours.tsx";
import { type HoursDraft, hoursDraft, hoursOf } from "./rules/opening.ts";
import { OverflowFields } from "./rules/overflow.tsx";
import { type StepDraft, draftOf as stepDraft, stepOf } from "./rules/requirement.ts";
import { Steps } from "./rules/steps.tsx";
import { LEVELS } from "./skills.tsx";

const MINUTE_S = 60;
const HOUR_S = 3600;
const USUAL_LEVEL = 3;
const PRIORITIES = [0, 1, 2, 3];
const STRATEGIES: Strategy[] = ["longest_idle", "spare_capacity", "proficiency", "idleness_ratio"];

interface Member {
  user: Ref;
  level: number;
}
interface Draft {
  names: Names;
  offer_timeout_s: number | null;
  wrap_up_s: number | null;
  reply_target_s: number | null;
  resolution_target_s: number | null;
  priority: number;
  strategy: Strategy;
  no_answer_limit: number | null;
  steps: StepDraft[];
  hours: HoursDraft | null;
  overflow: QueueOverflow | null;
  members: Member[];
}
const FRESH: Draft = {
  names: { en: "", fa: "", ar: "" },
  offer_timeout_s: 20,
  wrap_up_s: 30,
  reply_target_s: 5 * MINUTE_S,
  resolution_target_s: 24 * HOUR_S,
  priority: 1,
  strategy: "longest_idle",
  no_answer_limit: 1,
  steps: [],
  hours: null,
  overflow: null,
  members: [],
};

export function QueueDrawer({ queue, close }: { queue: Queue | null; close: () => void }) {
  const t = useT();
  const named = useNamed();
  const [saved] = useState<Draft>(() => (queue ? draftOf(queue) : FRESH));
  const [draft, setDraft] = useState(saved);
  const [checked, setChecked] = useState(false);
  const [dropped, setDropped] = useState(false);
  const set = (change: Partial<Draft>) => setDraft((d) => ({ ...d, ...change }));
  const needed = (value: number | null) =>
    checked && value === null ? t("settings.fault.required") : null;
  const complete = () =>
    Object.values(draft.names).every((name) => name.trim()) &&
    [
      draft.offer_timeout_s,
      draft.wrap_up_s,
      draft.reply_target_s,
      draft.resolution_target_s,
      draft.no_answer_limit,
    ].every((value) => value !== null);
  const changed = !dropped && JSON.stringify(draft) !== JSON.stringify(saved);
  const inUnits = (seconds: number | null, unit: number) =>
    seconds === null ? null : Math.round(seconds / unit);

  return (
    <EditDrawer
      title={queue ? named(queue.names) : t("settings.queue.add")}
      changed={changed}
      close={close}
      check={() => {
        setChecked(true);
        return complete();
      }}
      save={async () => {
        const kept = await saveQueue(queue, draft);
        await refresh("queues");
        return kept.name;
      }}
    >
      <NamesFields
        label={(language) => t("settings.name_in", { language })}
        value={draft.names}
        onChange={(names) => set({ names })}
        error={checked ? t("settings.fault.required") : null}
        maxLength={120}
      />
      <div className="grid grid-cols-2 gap-3">
        <NumberField
          label={t("settings.queue.reply_target")}
          description={t("settings.queue.reply_target_help")}
          unit={t("settings.unit.minutes")}
          value={inUnits(draft.reply_target_s, MINUTE_S)}
          onChange={(n) => set({ reply_target_s: n === null ? null : n * MINUTE_S })}
          min={1}
          max={7 * 24 * 60}
          error={needed(draft.reply_target_s)}
        />
        <NumberField
          label={t("settings.queue.resolution_target")}
          description={t("settings.queue.resolution_target_help")}
          unit={t("settings.unit.hours")}
          value={inUnits(draft.resolution_target_s, HOUR_S)}
          onChange={(n) => set({ resolution_target_s: n === null ? null : n * HOUR_S })}
          min={1}
          max={90 * 24}
          error={needed(draft.resolution_target_s)}
        />
        <NumberField
          label={t("settings.queue.offer_timeout")}
          description={t("settings.queue.offer_timeout_help")}
          unit={t("settings.unit.seconds")}
          value={draft.offer_timeout_s}
          onChange={(offer_timeout_s) => set({ offer_timeout_s })}
          min={5}
          max={600}
          error={needed(draft.offer_timeout_s)}
        />
        <NumberField
          label={t("settings.queue.wrap_up")}
          description={t("settings.queue.wrap_up_help")}
          unit={t("settings.unit.seconds")}
          value={draft.wrap_up_s}
          onChange={(wrap_up_s) => set({ wrap_up_s })}
          min={0}
          max={3600}
          error={needed(draft.wrap_up_s)}
        />
        <Select
          label={t("settings.queue.priority")}
          items={PRIORITIES.map((n) => ({ id: String(n), label: t(`settings.priority.${n}`) }))}
          value={String(draft.priority)}
          onChange={(priority) => set({ priority: Number(priority) })}
        />
        <Select
          label={t("settings.rule.strategy")}
          items={STRATEGIES.map((id) => ({ id, label: t(`settings.rule.strategy_${id}`) }))}
          value={draft.strategy}
          onChange={(strategy) => set({ strategy: strategy as Strategy })}
        />
        <NumberField
          label={t("settings.rule.no_answer")}
          description={t("settings.rule.no_answer_help")}
          value={draft.no_answer_limit}
          onChange={(no_answer_limit) => set({ no_answer_limit })}
          min={1}
          max={20}
          steps
          error={needed(draft.no_answer_limit)}
          className="col-span-2"
        />
      </div>
      <Steps steps={draft.steps} change={(steps) => set({ steps })} />
      <Hours hours={draft.hours} change={(hours) => set({ hours })} />
      <OverflowFields
        queueId={queue?.id ?? null}
        overflow={draft.overflow}
        change={(overflow) => set({ overflow })}
      />
      <Members members={draft.members} change={(members) => set({ members })} />
      {queue && (
        <DropQueue
          queue={queue}
          gone={() => {
            setDropped(true);
            close();
          }}
        />
      )}
    </EditDrawer>
  );
}

const draftOf = (queue: Queue): Draft => ({
  names: queue.names,
  offer_timeout_s: queue.offer_timeout_s,
  wrap_up_s: queue.wrap_up_s,
  reply_target_s: queue.reply_target_s,
  resolution_target_s: queue.resolution_target_s,
  priority: queue.priority,
  strategy: queue.strategy,
  no_answer_limit: queue.no_answer_limit,
  steps: queue.steps.map(stepDraft),
  hours: queue.hours && hoursDraft(queue.hours),
  overflow: queue.overflow,
  members: queue.members,
});

async function saveQueue(queue: Queue | null, draft: Draft): Promise<Queue> {
  const body = {
    names: draft.names,
    offer_timeout_s: draft.offer_timeout_s ?? 0,
    wrap_up_s: draft.wrap_up_s ?? 0,
    reply_target_s: draft.reply_target_s ?? 0,
    resolution_target_s: draft.resolution_target_s ?? 0,
    priority: draft.priority,
    strategy: draft.strategy,
    no_answer_limit: draft.no_answer_limit ?? 1,
    steps: draft.steps.map(stepOf),
    hours: draft.hours && hoursOf(draft.hours),
    overflow: draft.overflow,
  };
  const kept = queue
    ? await api.call("PATCH /queues/{id}", { path: { id: queue.id }, body })
    : await api.call("POST /queues", { body });
  const levels = (members: Member[]) => JSON.stringify(members.map((m) => [m.user.id, m.level]));
  if (levels(draft.members) === levels(queue?.members ?? [])) return kept;
  return api.call("PUT /queues/{id}/members", {
    path: { id: kept.id },
    body: draft.members.map(({ user, level }) => ({ user_id: user.id, level })),
  });
}

function Members(props: { members: Member[]; change: (members: Member[]) => void }) {
  const t = useT();
  const format = useFormat();
  const users = useUsers();
  const { members, change } = props;
  const others = (users.data ?? []).filter(
    (user) => !user.disabled && !members.some((member) => member.user.id === user.id),
  );
  return (
    <fieldset className="min-w-0">
      <legend className="text-[13px] font-medium">{t("settings.queue.members")}</legend>
      <p className="mb-2 text-xs text-ink-2">
        {t("settings.queue.members_help", { most: Math.max(...LEVELS) })}
      </p>
      {members.length > 0 && (
        <ul className="mb-2 rounded-lg border border-line">
          {members.map((member) => (
            <li
              key={member.user.id}
              className="flex items-center gap-2 border-b border-line/70 py-1.5 ps-3 pe-1.5 last:border-0"
            >
              <span dir="auto" className="bidi-line min-w-0 grow truncate text-sm">
                {member.user.name}
              </span>
              <Select
                label={t("settings.queue.level_of", { name: isolate(member.user.name) })}
                hideLabel
                items={LEVELS.map((n) => ({
                  id: String(n),
                  label: t("settings.queue.level", { n: format.number(n) }),
                }))}
                value={String(member.level)}
                onChange={(level) =>
                  change(
                    members.map((each) =>
                      each === member ? { ...each, level: Number(level) } : each,
                    ),
                  )
                }
                className="w-32 shrink-0"
              />
              <IconButton
                icon={X}
                size="sm"
                label={t("settings.queue.remove_member", { name: isolate(member.user.name) })}
                onPress={() => change(members.filter((each) => each !== member))}
              />
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <Select
          key={members.length}
          label={t("settings.queue.add_member")}
          hideLabel
          placeholder={t("settings.queue.add_member")}
          items={others.map(({ id, name }) => ({ id, label: name }))}
          value={null}
          onChange={(id) => {
            const user = others.find((each) => each.id === id);
            if (user) change([...members, { user: { id, name: user.name }, level: USUAL_LEVEL }]);
          }}
        />
      )}
    </fieldset>
  );
}

function DropQueue({ queue, gone }: { queue: Queue; gone: () => void }) {
  const t = useT();
  const [asked, setAsked] = useState(false);
  return (
    <div className="border-t border-line pt-4">
      <Button kind="danger-line" icon={Trash2} onPress={() => setAsked(true)}>
        {t("settings.queue.drop")}
      </Button>
      <Ask
        title={t("settings.queue.drop_title", { name: isolate(queue.name) })}
        action={t("common.delete")}
        danger
        isOpen={asked}
        onClose={() => setAsked(false)}
        run={async () => {
          await api.call("DELETE /queues/{id}", { path: { id: queue.id } });
          await refresh("queues");
          toast(t("settings.dropped", { name: isolate(queue.name) }));
          gone();
        }}
      >
        {queue.waiting > 0
          ? t("settings.queue.drop_waiting", { n: queue.waiting })
          : t("settings.queue.drop_text")}
      </Ask>
    </div>
  );
}
