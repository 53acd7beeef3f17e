import { Ltr, Pill } from "@wasl/ui";
import { Braces, Languages, OctagonAlert } from "lucide-react";
import { Button as Press } from "react-aria-components";
import type { Definition } from "../model/definition.ts";
import { exitsOf, following } from "../model/exits.ts";
import { STEP_TYPES } from "../model/step-types.ts";
import type { Words } from "../words.ts";
import type { Mark } from "./marks.ts";

/** The same flow as a list, in the order in which it is gone through: for phones and for ears. */
export function Outline(props: {
  definition: Definition;
  words: Words;
  marks: Record<string, Mark>;
  current: string | null;
  open: (id: string) => void;
}) {
  const { definition, words, marks } = props;
  return (
    <div className="min-w-0 grow overflow-y-auto p-3 pb-20">
      <ol
        aria-label={words.t("flows.steps_list")}
        className="mx-auto max-w-3xl overflow-hidden rounded-xl border border-line bg-surface shadow-card"
      >
        {inOrder(definition).map((id) => {
          const step = definition.steps[id];
          if (!step) return null;
          const Icon = STEP_TYPES[step.type]?.icon ?? Braces;
          const mark = marks[id];
          return (
            <li key={id} className="border-b border-line/70 last:border-0">
              <Press
                onPress={() => props.open(id)}
                aria-current={id === props.current ? "true" : undefined}
                className="flex w-full items-start gap-3 px-3 py-2.5 text-start -outline-offset-2 data-hovered:bg-sunken aria-[current]:bg-accent-soft"
              >
                <span className="mt-0.5 grid size-8 shrink-0 place-items-center rounded-lg bg-sunken text-ink-2">
                  <Icon size={16} aria-hidden="true" />
                </span>
                <span className="min-w-0 grow">
                  <span className="flex flex-wrap items-center gap-x-2">
                    <span className="text-sm font-medium">{words.typeName(step.type)}</span>
                    <Ltr className="text-xs text-ink-2">{id}</Ltr>
                    {definition.start === id && (
                      <Pill tone="accent">{words.t("flows.starts")}</Pill>
                    )}
                    {mark && mark.errors > 0 && (
                      <span className="inline-flex items-center gap-1 rounded-md bg-ink px-1.5 text-2xs leading-5 font-semibold text-surface">
                        <OctagonAlert size={11} aria-hidden="true" />
                        {words.t("flows.errors", { n: mark.errors })}
                      </span>
                    )}
                    {mark?.unsaid && (
                      <span className="inline-flex items-center gap-1 rounded-md border border-dashed border-line-strong px-1.5 text-2xs leading-4.5 font-semibold">
                        <Languages size={11} aria-hidden="true" />
                        {words.t("flows.unsaid")}
                      </span>
                    )}
                  </span>
                  <span dir="auto" className="bidi-line block truncate text-[13px] text-ink-2">
                    {words.line(step)}
                  </span>
                  <span className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-2">
                    {exitsOf(step)
                      .filter(({ to, needed }) => needed || to)
                      .map((exit) => (
                        <span key={exit.id}>
                          {words.t("flows.exit_to", {
                            exit: words.exit(exit),
                            to: words.stepName(exit.to ?? ""),
                          })}
                        </span>
                      ))}
                  </span>
                </span>
              </Press>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** From the first step along the exits; what nothing leads to comes last. */
export function inOrder(definition: Definition): string[] {
  const seen = new Set<string>();
  const left = [definition.start, definition.person ?? "", ...Object.keys(definition.steps)];
  while (left.length) {
    const id = left.shift();
    if (id === undefined || seen.has(id) || !(id in definition.steps)) continue;
    seen.add(id);
    left.unshift(...following(definition, id));
  }
  return [...seen];
}
