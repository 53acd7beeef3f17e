import { useT } from "@wasl/i18n";
import { Checkbox } from "@wasl/ui";
import { useId } from "react";
import { useKindName } from "../channels/names.ts";

export type Interruptions = Record<string, string[]>;

/** Which other kinds may be offered while one is in hand; a kind of which nothing is said lets all
 * others come. */
export function InterruptionFields(props: {
  rules: Interruptions;
  kinds: string[];
  change: (rules: Interruptions) => void;
}) {
  const t = useT();
  const { rules, kinds, change } = props;
  if (kinds.length < 2) return null;
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="text-[13px] font-medium">{t("settings.interrupt.title")}</legend>
      <p className="text-xs text-ink-2">{t("settings.interrupt.help")}</p>
      {kinds.map((kind) => (
        <OfKind
          key={kind}
          kind={kind}
          others={kinds.filter((other) => other !== kind)}
          mayCome={rules[kind] ?? null}
          change={(mayCome) => {
            const { [kind]: _, ...rest } = rules;
            change(mayCome ? { ...rest, [kind]: mayCome } : rest);
          }}
        />
      ))}
    </fieldset>
  );
}

function OfKind(props: {
  kind: string;
  others: string[];
  mayCome: string[] | null;
  change: (mayCome: string[] | null) => void;
}) {
  const t = useT();
  const kindName = useKindName();
  const id = useId();
  const { kind, others, mayCome, change } = props;
  const isIn = (other: string) => mayCome?.includes(other) ?? true;
  const set = (other: string, on: boolean) => {
    const next = others.filter((each) => (each === other ? on : isIn(each)));
    change(next.length === others.length ? null : next);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group in a fieldset, named by its line
    <div role="group" aria-labelledby={id}>
      <p id={id} className="mb-1 text-sm">
        {t("settings.interrupt.during", { kind: kindName(kind) })}
      </p>
      <div className="flex flex-wrap gap-x-4 gap-y-1.5">
        {others.map((other) => (
          <Checkbox key={other} isSelected={isIn(other)} onChange={(on) => set(other, on)}>
            {kindName(other)}
          </Checkbox>
        ))}
      </div>
    </div>
  );
}
