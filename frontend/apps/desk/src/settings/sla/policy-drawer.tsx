import type { SlaPolicy, SlaTarget } from "@wasl/api";
import { isolate, useT } from "@wasl/i18n";
import { Button, Checkbox, Select, TextField, toast } from "@wasl/ui";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { tagsOf } from "../../contacts/details.tsx";
import { useErrorToast } from "../../errors.ts";
import { api } from "../../ground.ts";
import { useNamed } from "../../names.ts";
import { useKindName } from "../channels/names.ts";
import { EditDrawer } from "../edit-drawer.tsx";
import { NamesFields } from "../names-field.tsx";
import { Failure, NumberField } from "../parts.tsx";
import { refresh, useChannelKinds } from "../queries.ts";
import { TARGETS, toggled, UNIT_S, UNITS, type Unit, unitOf } from "./targets.ts";

const LONGEST_S = 31 * 86_400;
const PRIORITIES = [3, 2, 1, 0];

type Values = Omit<SlaPolicy, "id">;
interface Draft extends Omit<Values, "tags" | "warn_percent"> {
  tags: string;
  warn_percent: number | null;
}
const FRESH: Draft = {
  names: { en: "", fa: "", ar: "" },
  priorities: [],
  kinds: [],
  tags: "",
  first_response_s: null,
  next_response_s: null,
  resolution_s: null,
  warn_percent: 80,
};

const draftOf = ({ id: _id, tags, ...rest }: SlaPolicy): Draft => ({
  ...rest,
  tags: tags.join(", "),
});

export function PolicyDrawer(props: {
  policy: SlaPolicy | null;
  /** The ids of all, in their order. */
  order: string[];
  close: () => void;
}) {
  const { policy, order, close } = props;
  const t = useT();
  const named = useNamed();
  const kindName = useKindName();
  const failed = useErrorToast();
  const kinds = useChannelKinds();
  const [saved] = useState<Draft>(() => (policy ? draftOf(policy) : FRESH));
  const [draft, setDraft] = useState(saved);
  const [checked, setChecked] = useState(false);
  const [dropped, setDropped] = useState(false);
  const set = (change: Partial<Draft>) => setDraft((d) => ({ ...d, ...change }));
  const aimless = TARGETS.every((target) => draft[`${target}_s`] === null);
  const complete =
    Object.values(draft.names).every((name) => name.trim()) &&
    !aimless &&
    draft.warn_percent !== null;

  const drop = async (known: SlaPolicy) => {
    await api.call("DELETE /sla-policies/{id}", { path: { id: known.id } });
    await refresh("sla-policies");
    toast(t("settings.dropped", { name: isolate(named(known.names)) }), {
      action: {
        label: t("settings.undo"),
        run: () => void putBack(known, order).catch(failed),
      },
    });
    setDropped(true);
    close();
  };

  return (
    <EditDrawer
      title={policy ? named(policy.names) : t("settings.sla.add")}
      changed={!dropped && JSON.stringify(draft) !== JSON.stringify(saved)}
      close={close}
      check={() => {
        setChecked(true);
        return complete;
      }}
      save={async () => {
        const body: Values = {
          ...draft,
          tags: tagsOf(draft.tags),
          warn_percent: draft.warn_percent ?? 80,
        };
        if (policy) await api.call("PUT /sla-policies/{id}", { path: { id: policy.id }, body });
        else await api.call("POST /sla-policies", { body });
        await refresh("sla-policies");
        return named(draft.names);
      }}
    >
      <NamesFields
        label={(language) => t("settings.name_in", { language })}
        value={draft.names}
        onChange={(names) => set({ names })}
        error={checked ? t("settings.fault.required") : null}
        maxLength={80}
      />
      <fieldset className="flex min-w-0 flex-col gap-3">
        <legend className="text-[13px] font-semibold">{t("settings.sla.covers")}</legend>
        <p className="text-xs text-ink-2">{t("settings.sla.covers_help")}</p>
        <Choices
          label={t("settings.sla.priorities")}
          items={PRIORITIES.map((id) => ({ id, label: t(`desk.priority_${id}`) }))}
          chosen={draft.priorities}
          change={(priorities) => set({ priorities })}
        />
        <Choices
          label={t("settings.sla.kinds")}
          items={(kinds.data ?? []).map(({ kind }) => ({ id: kind, label: kindName(kind) }))}
          chosen={draft.kinds}
          change={(chosen) => set({ kinds: chosen })}
        />
        <TextField
          label={t("settings.sla.tags")}
          description={t("settings.sla.tags_help")}
          value={draft.tags}
          onChange={(tags) => set({ tags })}
          maxLength={2000}
        />
      </fieldset>
      <fieldset className="flex min-w-0 flex-col gap-3">
        <legend className="text-[13px] font-semibold">{t("settings.sla.targets")}</legend>
        <p className="text-xs text-ink-2">{t("settings.sla.targets_help")}</p>
        {TARGETS.map((target) => (
          <TargetField
            key={target}
            target={target}
            seconds={draft[`${target}_s`]}
            change={(seconds) => set({ [`${target}_s`]: seconds })}
          />
        ))}
        {checked && aimless && <Failure>{t("error.sla_target_missing")}</Failure>}
        <NumberField
          label={t("settings.sla.warn")}
          description={t("settings.sla.warn_help")}
          unit={t("settings.sla.percent")}
          value={draft.warn_percent}
          onChange={(warn_percent) => set({ warn_percent })}
          min={1}
          max={99}
          error={checked && draft.warn_percent === null ? t("settings.fault.required") : null}
        />
      </fieldset>
      {policy && (
        <div className="border-t border-line pt-4">
          <Button kind="danger-line" icon={Trash2} onPress={() => void drop(policy).catch(failed)}>
            {t("common.delete")}
          </Button>
        </div>
      )}
    </EditDrawer>
  );
}

/** The policy again, at the place that it had. */
async function putBack({ id: was, ...body }: SlaPolicy, order: string[]) {
  const { id } = await api.call("POST /sla-policies", { body });
  await api.call("PUT /sla-policies/order", { body: order.map((one) => (one === was ? id : one)) });
  await refresh("sla-policies");
}

function Choices<T extends string | number>(props: {
  label: string;
  items: { id: T; label: string }[];
  chosen: T[];
  change: (chosen: T[]) => void;
}) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-[13px] font-medium">{props.label}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-2">
        {props.items.map(({ id, label }) => (
          <Checkbox
            key={id}
            isSelected={props.chosen.includes(id)}
            onChange={(on) => props.change(toggled(props.chosen, id, on))}
          >
            {label}
          </Checkbox>
        ))}
      </div>
    </fieldset>
  );
}

/** A time with its unit; empty for the queue's own target. */
function TargetField(props: {
  target: SlaTarget;
  seconds: number | null;
  change: (seconds: number | null) => void;
}) {
  const t = useT();
  const { seconds, change } = props;
  const [unit, setUnit] = useState<Unit>(() => unitOf(seconds));
  const label = t(`settings.sla.${props.target}`);
  const count = seconds === null ? null : Math.round(seconds / UNIT_S[unit]);
  const most = Math.floor(LONGEST_S / UNIT_S[unit]);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)] items-end gap-3">
      <NumberField
        label={label}
        value={count}
        onChange={(n) => change(n === null ? null : n * UNIT_S[unit])}
        min={1}
        max={most}
      />
      <Select
        label={t("settings.sla.unit_of", { target: label })}
        hideLabel
        items={UNITS.map((id) => ({ id, label: t(`settings.unit.${id}`) }))}
        value={unit}
        onChange={(id) => {
          const next = id as Unit;
          setUnit(next);
          if (count !== null) change(Math.min(count * UNIT_S[next], LONGEST_S));
        }}
      />
    </div>
  );
}
