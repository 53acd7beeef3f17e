import type { SimulatedQueue, SimulationToday, WhatIf } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { Button, Pill, Select } from "@wasl/ui";
import { Play, RotateCcw, Square } from "lucide-react";
import type { FormEvent } from "react";
import { useNamed } from "../names.ts";
import { NumberField } from "../settings/parts.tsx";
import { changesIn } from "./figures.ts";

const WEEKS = [1, 2, 4, 8, 12];
const EVERY = "all";
const NO_SKILL = "none";
const USUAL_LEVEL = 4;

interface Props {
  today: SimulationToday;
  draft: WhatIf;
  onChange: (change: (draft: WhatIf) => WhatIf) => void;
  onRun: () => void;
  onCancel: () => void;
  running: boolean;
}

export const nothingChanged = (weeks: number): WhatIf => ({
  weeks,
  queue_id: null,
  target_s: null,
  volume_percent: 0,
  priority: null,
  skill: null,
  agents: [],
  expected: null,
});

/** What would be other than today. What is left as it is stays empty. */
export function ScenarioForm(props: Props) {
  const { today, draft, onChange, running } = props;
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  // a press takes the focus from a field, which only then says what was written in it
  const set = (changes: Partial<WhatIf>) => onChange((was) => ({ ...was, ...changes }));
  const queue = today.queues.find(({ id }) => id === draft.queue_id) ?? null;
  const changes = changesIn(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!running) props.onRun();
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <div className="flex min-h-6 items-center gap-2">
        <h2 className="grow text-sm font-semibold">{t("simulation.scenario")}</h2>
        {changes > 0 && <Pill tone="accent">{t("simulation.changes", { n: changes })}</Pill>}
      </div>
      <Select
        label={t("simulation.queue")}
        items={[
          { id: EVERY, label: t("simulation.all_queues") },
          ...today.queues.map(({ id, names }) => ({ id, label: named(names) })),
        ]}
        value={draft.queue_id ?? EVERY}
        onChange={(id) => set({ queue_id: id === EVERY ? null : id, priority: null, skill: null })}
      />
      <NumberField
        label={t("simulation.target_s")}
        value={draft.target_s}
        min={1}
        max={2_678_400}
        unit={t("simulation.unit_seconds")}
        steps
        description={
          queue
            ? t("simulation.now_within", { time: isolate(format.span(queue.target.within_s)) })
            : t("simulation.now_each")
        }
        onChange={(target_s) =>
          set({ target_s: target_s === queue?.target.within_s ? null : target_s })
        }
      />
      <NumberField
        label={t("simulation.volume")}
        value={draft.volume_percent}
        min={-90}
        max={300}
        unit={t("simulation.unit_percent")}
        steps
        description={t(today.enough ? "simulation.volume_now" : "simulation.volume_expected")}
        onChange={(volume) => set({ volume_percent: volume ?? 0 })}
      />
      <AgentFields today={today} queue={queue} draft={draft} onChange={onChange} />
      {queue && <QueueFields today={today} queue={queue} draft={draft} set={set} />}
      <Select
        label={t("simulation.weeks")}
        items={WEEKS.map((n) => ({ id: String(n), label: t("simulation.weeks_n", { n }) }))}
        value={String(draft.weeks)}
        description={today.enough ? undefined : t("simulation.weeks_too_few")}
        onChange={(weeks) => set({ weeks: Number(weeks) })}
      />
      <div className="sticky bottom-0 -mx-4 flex gap-2 border-t border-line bg-surface px-4 py-3 max-md:static">
        {/* apart for React, or the click that cancels would submit */}
        {running ? (
          <Button key="cancel" icon={Square} className="grow" onPress={props.onCancel}>
            {t("simulation.cancel")}
          </Button>
        ) : (
          <Button key="run" kind="primary" icon={Play} type="submit" className="grow">
            {t("simulation.run")}
          </Button>
        )}
        <Button
          icon={RotateCcw}
          isDisabled={changes === 0 || running}
          onPress={() =>
            onChange(({ weeks, queue_id, expected }) => ({
              ...nothingChanged(weeks),
              queue_id,
              expected,
            }))
          }
        >
          {t("simulation.reset")}
        </Button>
      </div>
    </form>
  );
}

/** Agents more or fewer, in the queue or in each of them. */
function AgentFields(
  props: Pick<Props, "today" | "draft" | "onChange"> & { queue: SimulatedQueue | null },
) {
  const { today, queue, draft, onChange } = props;
  const t = useT();
  const named = useNamed();
  const by = (id: string) => draft.agents.find(({ queue_id }) => queue_id === id)?.by ?? 0;
  const change = (id: string, wanted: number) =>
    onChange((was) => ({
      ...was,
      agents: [
        ...was.agents.filter(({ queue_id }) => queue_id !== id),
        ...(wanted ? [{ queue_id: id, by: wanted }] : []),
      ],
    }));
  const shown = queue ? [queue] : today.queues;
  return (
    <fieldset className="grid min-w-0 gap-3">
      <legend className="mb-1.5 text-[13px] font-semibold">{t("simulation.agents")}</legend>
      {shown.map(({ id, names, agents }) => (
        <NumberField
          key={id}
          label={named(names)}
          value={agents + by(id)}
          min={0}
          max={agents + 500}
          steps
          description={t("simulation.agents_now", { n: agents })}
          onChange={(wanted) => change(id, (wanted ?? agents) - agents)}
        />
      ))}
    </fieldset>
  );
}

/** What one queue has of its own: its priority, and a skill that more of its agents could have. */
function QueueFields(props: {
  today: SimulationToday;
  queue: SimulatedQueue;
  draft: WhatIf;
  set: (changes: Partial<WhatIf>) => void;
}) {
  const { today, queue, draft, set } = props;
  const t = useT();
  const format = useFormat();
  const { skill } = draft;
  return (
    <>
      <NumberField
        label={t("simulation.priority")}
        value={draft.priority ?? queue.priority}
        min={0}
        max={10}
        steps
        description={t("simulation.priority_now", { n: format.number(queue.priority) })}
        onChange={(priority) => set({ priority: priority === queue.priority ? null : priority })}
      />
      {today.skills.length > 0 && (
        <Select
          label={t("simulation.skill")}
          items={[
            { id: NO_SKILL, label: t("simulation.no_skill") },
            ...today.skills.map((name) => ({ id: name, label: name.replace(/^language:/, "") })),
          ]}
          value={skill?.name ?? NO_SKILL}
          onChange={(name) =>
            set({
              skill:
                name === NO_SKILL
                  ? null
                  : {
                      name,
                      level: USUAL_LEVEL,
                      agents: skill?.agents ?? Math.min(2, queue.agents),
                    },
            })
          }
        />
      )}
      {skill && (
        <NumberField
          label={t("simulation.skill_agents")}
          value={skill.agents}
          min={1}
          max={Math.max(1, queue.agents)}
          steps
          onChange={(agents) => set({ skill: { ...skill, agents: agents ?? 1 } })}
        />
      )}
    </>
  );
}
