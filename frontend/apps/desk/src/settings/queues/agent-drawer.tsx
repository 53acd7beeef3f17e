import type { Agent } from "@wasl/api";
import { useT } from "@wasl/i18n";
import { useState } from "react";
import { api } from "../../ground.ts";
import { useKindName } from "../channels/names.ts";
import { EditDrawer } from "../edit-drawer.tsx";
import { NumberField } from "../parts.tsx";
import { refresh } from "../queries.ts";
import { InterruptionFields } from "./interruptions.tsx";
import { SkillFields } from "./skills.tsx";

const MOST_UNITS = 100;

/** What an agent can do, and how many interactions of each kind they are offered at once. */
export function AgentDrawer(props: { agent: Agent; kinds: string[]; close: () => void }) {
  const { agent, kinds, close } = props;
  const t = useT();
  const kindName = useKindName();
  const [saved] = useState(() => ({
    skills: agent.skills,
    interruptions: agent.interruptible_by,
    capacity: Object.fromEntries(
      kinds.map((kind) => [kind, agent.load.find((each) => each.kind === kind)?.capacity ?? 0]),
    ),
  }));
  const [draft, setDraft] = useState(saved);
  const differs = (part: "skills" | "capacity" | "interruptions") =>
    JSON.stringify(draft[part]) !== JSON.stringify(saved[part]);
  return (
    <EditDrawer
      title={agent.name}
      changed={differs("skills") || differs("capacity") || differs("interruptions")}
      close={close}
      check={() => true}
      save={async () => {
        const path = { id: agent.id };
        if (differs("skills"))
          await api.call("PUT /agents/{id}/skills", { path, body: { skills: draft.skills } });
        if (differs("capacity"))
          await api.call("PUT /agents/{id}/capacity", { path, body: { capacity: draft.capacity } });
        if (differs("interruptions"))
          await api.call("PUT /agents/{id}/interruptions", {
            path,
            body: { interruptible_by: draft.interruptions },
          });
        await refresh("agents");
        return agent.name;
      }}
    >
      <SkillFields skills={draft.skills} change={(skills) => setDraft((d) => ({ ...d, skills }))} />
      <fieldset className="flex min-w-0 flex-col gap-3">
        <legend className="text-[13px] font-medium">{t("settings.capacity.title")}</legend>
        <p className="text-xs text-ink-2">{t("settings.capacity.help")}</p>
        {kinds.map((kind) => (
          <NumberField
            key={kind}
            label={kindName(kind)}
            value={draft.capacity[kind] ?? 0}
            onChange={(units) =>
              setDraft((d) => ({ ...d, capacity: { ...d.capacity, [kind]: units ?? 0 } }))
            }
            min={0}
            max={MOST_UNITS}
            steps
          />
        ))}
      </fieldset>
      <InterruptionFields
        rules={draft.interruptions}
        kinds={kinds}
        change={(interruptions) => setDraft((d) => ({ ...d, interruptions }))}
      />
    </EditDrawer>
  );
}
