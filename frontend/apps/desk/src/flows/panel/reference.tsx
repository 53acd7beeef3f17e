import { useQuery } from "@tanstack/react-query";
import type { Names } from "@wasl/api";
import { ltr } from "@wasl/i18n";
import { Select } from "@wasl/ui";
import { useNamed } from "../../names.ts";
import {
  useAgents,
  useCalendars,
  useChannels,
  useQueues,
  useRecordKinds,
} from "../../settings/queries.ts";
import { FLOWS } from "../leading.ts";
import type { Words } from "../words.ts";

const NONE = "-";
type To = "queue" | "agent" | "channel" | "flow" | "calendar" | "record_kind";

/** Names something else of the company: a queue, an agent, a channel, another flow, a table. */
export function Reference(props: {
  to: To;
  label: string;
  value: string | null;
  optional: boolean;
  words: Words;
  change: (id: string | null) => void;
}) {
  const { to, value, words } = props;
  const named = useNamed();
  const queues = useQueues();
  const channels = useChannels();
  const agents = useAgents(to === "agent");
  const flows = useQuery({ ...FLOWS, enabled: to === "flow" });
  const calendars = useCalendars(to === "calendar");
  const kinds = useRecordKinds(to === "record_kind");
  const keyed = ({ key, names }: { key: string; names: Partial<Names> }) => ({
    id: key,
    label: named({ en: key, fa: key, ar: key, ...names }),
    description: ltr(key),
  });
  const known = {
    queue: () => (queues.data ?? []).map(({ id, names }) => ({ id, label: named(names) })),
    channel: () => (channels.data ?? []).map(({ id, name }) => ({ id, label: name })),
    agent: () => (agents.data ?? []).map(({ id, name }) => ({ id, label: name })),
    flow: () => (flows.data?.items ?? []).map(keyed),
    calendar: () => (calendars.data?.items ?? []).map(keyed),
    record_kind: () => (kinds.data?.items ?? []).map(keyed),
  }[to]();
  const isKey = to === "flow" || to === "calendar" || to === "record_kind";
  const gone = value !== null && !known.some(({ id }) => id === value);
  return (
    <Select
      label={props.label}
      items={[
        ...(props.optional ? [{ id: NONE, label: words.maybe(`flows.none.${to}`, "–") }] : []),
        ...(gone ? [{ id: value, label: isKey ? ltr(value) : words.t("flows.choose") }] : []),
        ...known,
      ]}
      value={value ?? (props.optional ? NONE : null)}
      onChange={(id) => props.change(id === NONE ? null : id)}
    />
  );
}
