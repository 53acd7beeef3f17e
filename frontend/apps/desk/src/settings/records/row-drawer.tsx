import type { CompanyRecord, KeptRecord, KeptRecordKind } from "@wasl/api";
import { isolate, ltr, useT } from "@wasl/i18n";
import { Button, TextField, toast } from "@wasl/ui";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useErrorToast } from "../../errors.ts";
import { api } from "../../ground.ts";
import { EditDrawer } from "../edit-drawer.tsx";
import { refresh } from "../queries.ts";
import { foldKey } from "./keys.ts";
import { LONGEST_KEY, LONGEST_VALUE } from "./plan.ts";

/** What one line does not show, or would lose. */
const LONG = /\n|.{60}/;
const again = () => Promise.all([refresh("records"), refresh("record-rows")]);
const put = (kind: string, row: CompanyRecord) =>
  api.call("PUT /records/{kind}/rows", { path: { kind }, body: { rows: [row] } }).then(again);
const textOf = (values: Record<string, string>, field: string) => values[field] ?? "";

/** A row's values; a new row's key too, which then stays. */
export function RowDrawer(props: {
  kind: KeptRecordKind;
  row: KeptRecord | null;
  close: () => void;
}) {
  const { kind, row, close } = props;
  const t = useT();
  const failed = useErrorToast();
  const [saved] = useState<CompanyRecord>(() => ({
    key: row?.key ?? "",
    values: Object.fromEntries(
      kind.fields.map((field) => [field, textOf(row?.values ?? {}, field)]),
    ),
  }));
  const [draft, setDraft] = useState(saved);
  const [checked, setChecked] = useState(false);
  const [taken, setTaken] = useState<string | null>(null);
  const [dropped, setDropped] = useState(false);
  const folded = foldKey(draft.key);
  const badKey = !folded
    ? t(draft.key.trim() ? "settings.record.key_unfit" : "settings.fault.required")
    : folded === taken
      ? t("settings.record.row_taken")
      : null;

  const drop = async (known: KeptRecord) => {
    await api.call("DELETE /records/{kind}/rows", {
      path: { kind: kind.key },
      query: { key: known.key },
    });
    await again();
    toast(t("settings.dropped", { name: isolate(known.key) }), {
      action: {
        label: t("settings.undo"),
        run: () => void put(kind.key, { key: known.key, values: known.values }).catch(failed),
      },
    });
    setDropped(true);
    close();
  };
  return (
    <EditDrawer
      title={row ? row.key : t("settings.record.row_add")}
      changed={!dropped && JSON.stringify(draft) !== JSON.stringify(saved)}
      close={close}
      check={async () => {
        setChecked(true);
        if (row || badKey) return !badKey;
        // writing a row replaces the one of its key, which a new one must not do unseen
        const there = await isThere(kind.key, draft.key);
        if (there) setTaken(folded);
        return !there;
      }}
      save={async () => {
        await put(kind.key, { ...draft, key: draft.key.trim() });
        return draft.key.trim();
      }}
    >
      {!row && (
        <TextField
          label={t("settings.record.row_key")}
          description={t("settings.record.row_key_about")}
          value={draft.key}
          onChange={(key) => setDraft((d) => ({ ...d, key }))}
          error={checked ? badKey : null}
          maxLength={LONGEST_KEY}
          autoFocus
          isRequired
        />
      )}
      {kind.fields.map((field, at) => (
        <TextField
          key={field}
          label={ltr(field)}
          value={textOf(draft.values, field)}
          onChange={(value) => setDraft((d) => ({ ...d, values: { ...d.values, [field]: value } }))}
          maxLength={LONGEST_VALUE}
          autoFocus={row !== null && at === 0}
          {...(textOf(saved.values, field).match(LONG) ? { rows: 4 } : {})}
        />
      ))}
      {row && (
        <div className="border-t border-line pt-4">
          <Button kind="danger-line" icon={Trash2} onPress={() => void drop(row).catch(failed)}>
            {t("common.delete")}
          </Button>
        </div>
      )}
    </EditDrawer>
  );
}

/** Whether a kind has a row that is found by this key. */
async function isThere(kind: string, key: string): Promise<boolean> {
  const { items } = await api.call("GET /records/{kind}/rows", {
    path: { kind },
    query: { q: key.trim(), limit: 200 },
  });
  return items.some((each) => foldKey(each.key) === foldKey(key));
}
