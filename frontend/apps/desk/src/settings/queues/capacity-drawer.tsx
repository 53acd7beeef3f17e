import type { Agent } from "@wasl/api";
import { useT } from "@wasl/i18n";
import { useState } from "react";
import { api } from "../../ground.ts";
import { useKindName } from "../channels/names.ts";
import { EditDrawer } from "../edit-drawer.tsx";
import { NumberField } from "../parts.tsx";
import { refresh } from "../queries.ts";

const MOST_UNITS = 100;

/** How many interactions of each kind an agent is offered at once. */
export function CapacityDrawer(props: { agent: Agent; kinds: string[]; close: () => void }) {
  const { agent, kinds, close } = props;
  const t = useT();
  const kindName = useKindName();
  const saved: Record<string, number> = Object.fromEntries(
    kinds.map((kind) => [kind, agent.load.find((each) => each.kind === kind)?.capacity ?? 0]),
  );
  const [draft, setDraft] = useState(saved);
  return (
    <EditDrawer
      title={agent.name}
      changed={JSON.stringify(draft) !== JSON.stringify(saved)}
      close={close}
      check={() => true}
      save={async () => {
        await api.call("PUT /agents/{id}/capacity", {
          path: { id: agent.id },
          body: { capacity: draft },
        });
        await refresh("agents");
        return agent.name;
      }}
    >
      <p className="text-[13px] text-ink-2">{t("settings.capacity.help")}</p>
      {kinds.map((kind) => (
        <NumberField
          key={kind}
          label={kindName(kind)}
          value={draft[kind] ?? 0}
          onChange={(units) => setDraft((d) => ({ ...d, [kind]: units ?? 0 }))}
          min={0}
          max={MOST_UNITS}
          steps
        />
      ))}
    </EditDrawer>
  );
}
