import type { QueueOverflow } from "@wasl/api";
import { useT } from "@wasl/i18n";
import { Select, Switch } from "@wasl/ui";
import { useNamed } from "../../../names.ts";
import { NumberField } from "../../parts.tsx";
import { useQueues } from "../../queries.ts";

const STAYS = "stays";
const USUAL_AFTER_S = 300;

/** Where work goes on that the queue does not serve in time, or while it is closed. */
export function OverflowFields(props: {
  queueId: string | null;
  overflow: QueueOverflow | null;
  change: (overflow: QueueOverflow | null) => void;
}) {
  const t = useT();
  const named = useNamed();
  const queues = useQueues();
  const { queueId, overflow, change } = props;
  const others = (queues.data ?? []).filter((queue) => queue.id !== queueId);
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="sr-only">{t("settings.rule.overflow")}</legend>
      <Select
        label={t("settings.rule.overflow_to")}
        items={[
          { id: STAYS, label: t("settings.rule.overflow_none") },
          ...others.map((queue) => ({ id: queue.id, label: named(queue.names) })),
        ]}
        value={overflow?.queue_id ?? STAYS}
        onChange={(id) =>
          change(
            id === STAYS
              ? null
              : {
                  after_s: USUAL_AFTER_S,
                  when_closed: false,
                  ...overflow,
                  queue_id: id,
                },
          )
        }
      />
      {overflow && (
        <>
          <NumberField
            label={t("settings.rule.overflow_after")}
            unit={t("settings.unit.seconds")}
            value={overflow.after_s}
            onChange={(after_s) => change({ ...overflow, after_s })}
            min={1}
          />
          <Switch
            isSelected={overflow.when_closed}
            onChange={(when_closed) => change({ ...overflow, when_closed })}
          >
            {t("settings.rule.overflow_closed")}
          </Switch>
        </>
      )}
    </fieldset>
  );
}
