import type { KeptRecordKind, Names } from "@wasl/api";
import { isolate, ltr, useT } from "@wasl/i18n";
import { Button, IconButton, TextField, toast } from "@wasl/ui";
import { Plus, Trash2, X } from "lucide-react";
import { useRef, useState } from "react";
import { api } from "../../ground.ts";
import { EditDrawer } from "../edit-drawer.tsx";
import { useKeyedList, useKeyedName } from "../keyed-name.ts";
import { NamesFields } from "../names-field.tsx";
import { Ask } from "../parts.tsx";
import { refresh } from "../queries.ts";
import { type FieldFault, fieldFaults, MOST_FIELDS, NAME } from "./fields.ts";

interface FieldDraft {
  id: string;
  name: string;
}
const draftOf = (kind: KeptRecordKind | null) => ({
  key: kind?.key ?? "",
  names: { en: "", fa: "", ar: "", ...kind?.names },
  fields: (kind?.fields ?? [""]).map((name): FieldDraft => ({ id: crypto.randomUUID(), name })),
});

/** Names in those languages that have one. */
const written = (names: Names): Partial<Names> =>
  Object.fromEntries(Object.entries(names).filter(([, name]) => name.trim()));

/** A kind of records. `close` is told the key of what was made, "" of what was dropped. */
export function KindDrawer(props: {
  kind: KeptRecordKind | null;
  /** The keys of all. */
  taken: string[];
  close: (made: string | null) => void;
}) {
  const { kind } = props;
  const t = useT();
  const named = useKeyedName();
  const [saved] = useState(() => draftOf(kind));
  const [draft, setDraft] = useState(saved);
  const [checked, setChecked] = useState(false);
  const [dropping, setDropping] = useState(false);
  const [dropped, setDropped] = useState(false);
  const made = useRef<string | null>(null);
  const set = (change: Partial<typeof saved>) => setDraft((d) => ({ ...d, ...change }));
  const isNamed = Object.keys(written(draft.names)).length > 0;
  const badKey = kind
    ? null
    : !NAME.test(draft.key)
      ? t("flows.key_wrong")
      : props.taken.includes(draft.key)
        ? t("settings.record.key_taken")
        : null;
  const fields = draft.fields.map(({ name }) => name);
  const faults = fieldFaults(fields);
  return (
    <EditDrawer
      title={kind ? named(kind) : t("settings.record.add")}
      changed={!dropped && JSON.stringify(draft) !== JSON.stringify(saved)}
      close={() => props.close(made.current)}
      check={() => {
        setChecked(true);
        return isNamed && !badKey && faults.every((fault) => !fault);
      }}
      save={async () => {
        await api.call("PUT /records/{kind}", {
          path: { kind: draft.key },
          body: { names: written(draft.names), fields },
        });
        await Promise.all([refresh("records"), refresh("record-rows")]);
        made.current = draft.key;
        return named(draft);
      }}
    >
      <NamesFields
        label={(each) => t("settings.name_in", { language: each })}
        value={draft.names}
        onChange={(names) => set({ names })}
        error={checked && !isNamed ? t("settings.fault.required") : null}
        maxLength={80}
      />
      {!kind && (
        <TextField
          label={t("settings.record.key")}
          description={t("settings.record.key_about")}
          ltr
          value={draft.key}
          onChange={(key) => set({ key })}
          error={checked ? badKey : null}
          maxLength={40}
          isRequired
        />
      )}
      <Fields
        fields={draft.fields}
        faults={checked ? faults : []}
        change={(next) => set({ fields: next })}
      />
      {kind && kind.count > 0 && kind.fields.some((field) => !fields.includes(field)) && (
        <p role="status" className="text-[13px] text-ink-2">
          {t("settings.record.fields_gone")}
        </p>
      )}
      {kind && (
        <div className="border-t border-line pt-4">
          <p className="mb-2 text-[13px] text-ink-2">
            <UsedBy kind={kind} />
          </p>
          <Button
            kind="danger-line"
            icon={Trash2}
            isDisabled={kind.flows.length > 0}
            onPress={() => setDropping(true)}
          >
            {t("common.delete")}
          </Button>
          <Ask
            title={t("settings.record.drop_title", { name: isolate(named(kind)) })}
            action={t("common.delete")}
            danger
            isOpen={dropping}
            onClose={() => setDropping(false)}
            run={async () => {
              await api.call("DELETE /records/{kind}", { path: { kind: kind.key } });
              setDropped(true);
              toast(t("settings.dropped", { name: isolate(named(kind)) }));
              props.close("");
              await refresh("records");
            }}
          >
            {t("settings.record.drop_text", { n: kind.count })}
          </Ask>
        </div>
      )}
    </EditDrawer>
  );
}

function UsedBy({ kind }: { kind: KeptRecordKind }) {
  const t = useT();
  const flows = useKeyedList()(kind.flows);
  return t(flows ? "settings.record.used_by" : "settings.record.used_by_none", { flows });
}

function Fields(props: {
  fields: FieldDraft[];
  faults: (FieldFault | null)[];
  change: (fields: FieldDraft[]) => void;
}) {
  const t = useT();
  const all = useRef<HTMLFieldSetElement>(null);
  const [added, setAdded] = useState<string | null>(null);
  const { fields, faults, change } = props;
  return (
    <fieldset ref={all} className="min-w-0">
      <legend className="text-[13px] font-medium">{t("settings.record.fields")}</legend>
      <p className="mb-1.5 text-xs text-ink-2">{t("settings.record.fields_about")}</p>
      <ul className="flex flex-col gap-2">
        {fields.map((one, at) => {
          const fault = faults[at];
          return (
            <li key={one.id} className="flex items-start gap-2">
              <TextField
                label={t("settings.record.field", { n: at + 1 })}
                hideLabel
                ltr
                value={one.name}
                onChange={(name) =>
                  change(fields.map((each) => (each === one ? { ...one, name } : each)))
                }
                error={fault ? t(`settings.record.field_${fault}`) : null}
                maxLength={40}
                autoFocus={one.id === added}
                className="min-w-0 grow"
              />
              <IconButton
                icon={X}
                label={t("settings.record.field_remove", {
                  name: one.name ? ltr(one.name) : t("settings.record.field", { n: at + 1 }),
                })}
                isDisabled={fields.length === 1}
                onPress={() => {
                  change(fields.filter((each) => each !== one));
                  all.current?.querySelectorAll("input")[at ? at - 1 : 1]?.focus();
                }}
              />
            </li>
          );
        })}
      </ul>
      {fields.length < MOST_FIELDS && (
        <Button
          icon={Plus}
          className="mt-2"
          onPress={() => {
            const id = crypto.randomUUID();
            setAdded(id);
            change([...fields, { id, name: "" }]);
          }}
        >
          {t("settings.record.field_add")}
        </Button>
      )}
    </fieldset>
  );
}
