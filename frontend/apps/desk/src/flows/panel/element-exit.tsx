import { IconButton, Select } from "@wasl/ui";
import { ArrowRight } from "lucide-react";
import type { Definition } from "../model/definition.ts";
import type { Exit } from "../model/exits.ts";
import type { Words } from "../words.ts";

const NONE = "-";

/** Leads an exit to a step; the arrow goes there. */
export function ElementExit(props: {
  exit: Exit;
  label?: string;
  /** What leads there. */
  description?: string | undefined;
  definition: Definition;
  words: Words;
  lead: (to: string | null) => void;
  show?: (id: string) => void;
}) {
  const { exit, definition, words, show } = props;
  const { t } = words;
  const label = props.label ?? t("flows.leads_to");
  const there = exit.to !== undefined && exit.to in definition.steps;
  const nothing = exit.needed ? t("flows.nowhere") : words.maybe(`flows.unset.${exit.id}`, "–");
  return (
    <div className="flex items-start gap-1">
      <Select
        className="min-w-0 grow"
        label={label}
        description={props.description}
        items={[
          { id: NONE, label: nothing },
          ...Object.entries(definition.steps).map(([to, step]) => ({
            id: to,
            label: words.stepName(to),
            description: words.line(step),
          })),
        ]}
        value={there ? (exit.to ?? NONE) : NONE}
        onChange={(to) => props.lead(to === NONE ? null : to)}
      />
      {show && (
        <IconButton
          icon={ArrowRight}
          flip
          className="mt-6.5"
          label={t("flows.go_there", { exit: label })}
          isDisabled={!there}
          onPress={() => show(exit.to ?? "")}
        />
      )}
    </div>
  );
}
