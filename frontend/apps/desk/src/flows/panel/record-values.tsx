import { useRecordKinds } from "../../settings/queries.ts";
import type { Step } from "../model/definition.ts";
import type { Words } from "../words.ts";
import { PairsField } from "./pairs.tsx";

/** What is written into the fields of a record; those of its kind are offered in turn. */
export function RecordValues(props: {
  step: Step;
  label: string;
  description?: string;
  words: Words;
  change: (value: Record<string, string>) => void;
}) {
  const { step, ...rest } = props;
  const kinds = useRecordKinds();
  const kind = kinds.data?.items.find(({ key }) => key === step.kind);
  return (
    <PairsField
      {...rest}
      value={(step.values ?? {}) as Record<string, string>}
      of="expression"
      keys={kind?.fields}
    />
  );
}
