import type { QueueBoard, QueueTarget } from "@wasl/api";
import { useT } from "@wasl/i18n";
import { Button, Dialog, Select } from "@wasl/ui";
import { useState } from "react";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useNamed } from "../names.ts";
import { NumberField } from "../settings/parts.tsx";
import { VARIANTS } from "./level.tsx";

const NUMBERS = [
  ["percent", 1, 100, "percent"],
  ["within_s", 1, 2_678_400, "seconds"],
  ["longest_wait_s", 1, 2_678_400, "seconds"],
  ["abandon_percent", 1, 100, "percent"],
  ["short_s", 0, 600, "seconds"],
] as const;

/** What a queue is to reach, how those who leave count, and where alerts begin. */
export function TargetDialog({ board, onClose }: { board: QueueBoard; onClose: () => void }) {
  const t = useT();
  const named = useNamed();
  const fail = useErrorToast();
  const [draft, setDraft] = useState<QueueTarget>(board.target);
  const [saving, setSaving] = useState(false);
  const save = async () => {
    setSaving(true);
    try {
      await api.call("PUT /queues/{id}/target", { path: { id: board.id }, body: draft });
      onClose();
    } catch (error) {
      fail(error);
    }
    setSaving(false);
  };
  return (
    <Dialog
      title={t("wallboard.target_of", { queue: named(board.names) })}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button kind="primary" isPending={saving} onPress={() => void save()}>
            {t("common.save")}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <Select
          label={t("wallboard.field_variant")}
          items={VARIANTS.map((id) => ({ id, label: t(`wallboard.variant_${id}`) }))}
          value={draft.variant}
          onChange={(variant) =>
            setDraft((d) => ({ ...d, variant: variant as QueueTarget["variant"] }))
          }
        />
        {NUMBERS.map(([name, min, max, unit]) => (
          <NumberField
            key={name}
            label={t(`wallboard.field_${name}`)}
            value={draft[name]}
            min={min}
            max={max}
            unit={t(`wallboard.unit_${unit}`)}
            onChange={(value) => setDraft((d) => ({ ...d, [name]: value ?? d[name] }))}
          />
        ))}
      </div>
    </Dialog>
  );
}
