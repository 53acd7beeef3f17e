import { Button, IconButton, Switch } from "@wasl/ui";
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ALWAYS } from "../model/condition.ts";
import { NOWHERE, type Sentences, type Texts } from "../model/definition.ts";
import { exitsOf, withExit } from "../model/exits.ts";
import { useFlowLanguage } from "../use-language.ts";
import { CheckedField } from "./checked-field.tsx";
import { ConditionField } from "./condition-field.tsx";
import { ElementExit } from "./element-exit.tsx";
import type { FieldProps } from "./field.tsx";
import { SentencesField, TrySentence } from "./learning.tsx";
import { WordsField } from "./pairs.tsx";
import { TextsField } from "./texts-field.tsx";

interface Entry {
  label: Texts;
  next: string;
  words?: string[];
  examples?: Sentences;
  offered?: boolean;
}
interface Option {
  value: string;
  label: Texts;
}
interface Case {
  when: string;
  next: string;
}

/** What a menu offers, each entry with where it leads. */
export function Entries({ field, step, definition, words, change }: FieldProps) {
  const entries = (step[field.id] ?? []) as Entry[];
  const learns = useFlowLanguage().hasPart("Entry", "examples");
  return (
    <>
      <Elements
        field={field.id}
        elements={entries}
        least={1}
        most={30}
        fresh={(): Entry => ({ label: {}, next: NOWHERE })}
        words={words}
        put={(next) => change({ ...step, [field.id]: next })}
      >
        {(entry, n, set) => (
          <>
            <TextsField
              label={words.t("flows.place.entry", { n: n + 1 })}
              value={entry.label}
              definition={definition}
              words={words}
              change={(label) => set({ ...entry, label })}
            />
            <ExitOf
              step={step}
              id={`entries.${n}`}
              definition={definition}
              words={words}
              change={change}
            />
            <More
              label={words.t("flows.understand")}
              open={Boolean(entry.words?.length || entry.examples)}
            >
              <WordsField
                label={words.t("flows.field.words")}
                value={entry.words ?? []}
                words={words}
                change={(next) => set({ ...entry, words: next })}
              />
              {learns && (
                <>
                  <SentencesField
                    value={entry.examples ?? {}}
                    definition={definition}
                    words={words}
                    change={(examples) => {
                      const { examples: _, ...rest } = entry;
                      set(Object.keys(examples).length ? { ...rest, examples } : rest);
                    }}
                  />
                  <Switch
                    isSelected={entry.offered ?? true}
                    onChange={(offered) => {
                      const { offered: _, ...rest } = entry;
                      set(offered ? rest : { ...rest, offered });
                    }}
                  >
                    {words.t("flows.offered")}
                  </Switch>
                </>
              )}
            </More>
          </>
        )}
      </Elements>
      {entries.some(({ examples }) => examples) && (
        <TrySentence
          answers={entries.map(({ label, words: names = [], examples = {} }) => [
            ...Object.values(label).filter(Boolean),
            ...names,
            ...Object.values(examples).flat(),
          ])}
          name={(n) => words.text(entries[n]?.label) || words.t("flows.place.entry", { n: n + 1 })}
          words={words}
        />
      )}
    </>
  );
}

/** The values that an ask accepts. */
export function Options({ field, step, definition, words, change }: FieldProps) {
  const options = (step[field.id] ?? []) as Option[];
  return (
    <Elements
      field={field.id}
      elements={options}
      least={0}
      most={30}
      fresh={() => ({ value: `option_${options.length + 1}`, label: {} })}
      words={words}
      put={(next) => change({ ...step, [field.id]: next })}
    >
      {(option, n, set) => (
        <>
          <CheckedField
            label={words.t("flows.option_value")}
            value={option.value}
            fits={(text) => text !== ""}
            wrong={words.t("flows.needed")}
            maxLength={200}
            change={(value) => set({ ...option, value })}
          />
          <TextsField
            label={words.t("flows.place.option", { n: n + 1 })}
            value={option.label}
            definition={definition}
            words={words}
            change={(label) => set({ ...option, label })}
          />
        </>
      )}
    </Elements>
  );
}

/** The ways of a branch, tried in order. */
export function Cases({ field, step, definition, problems, words, change }: FieldProps) {
  const cases = (step[field.id] ?? []) as Case[];
  return (
    <Elements
      field={field.id}
      elements={cases}
      least={1}
      most={50}
      fresh={() => ({ when: ALWAYS, next: NOWHERE })}
      words={words}
      put={(next) => change({ ...step, [field.id]: next })}
    >
      {(one, n, set) => (
        <>
          <ConditionField
            label={words.t("flows.place.case", { n: n + 1 })}
            place={`case_${n + 1}`}
            value={one.when}
            problems={problems}
            words={words}
            change={(when) => set({ ...one, when })}
          />
          <ExitOf
            step={step}
            id={`cases.${n}`}
            definition={definition}
            words={words}
            change={change}
          />
        </>
      )}
    </Elements>
  );
}

function ExitOf(
  props: Pick<FieldProps, "step" | "definition" | "words" | "change"> & { id: string },
) {
  const exit = exitsOf(props.step).find(({ id }) => id === props.id);
  if (!exit) return null;
  return (
    <ElementExit
      exit={exit}
      definition={props.definition}
      words={props.words}
      lead={(to) => props.change(withExit(props.step, props.id, to))}
    />
  );
}

export function Elements<T extends object>(props: {
  field: string;
  elements: T[];
  least: number;
  most: number;
  fresh: () => T;
  words: FieldProps["words"];
  put: (elements: T[]) => void;
  children: (element: T, n: number, set: (next: T) => void) => ReactNode;
}) {
  const { elements, words, put } = props;
  const { t } = words;
  const swap = (n: number, by: number) => {
    const next = [...elements];
    const [moved] = next.splice(n, 1);
    if (moved) next.splice(n + by, 0, moved);
    put(next);
  };
  return (
    <section className="min-w-0" aria-label={t(`flows.field.${props.field}`)}>
      <h3 className="mb-1.5 text-[13px] font-semibold">{t(`flows.field.${props.field}`)}</h3>
      <ol className="grid gap-2.5">
        {elements.map((element, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an element is what stands at its place
          <li key={n} className="grid gap-3 rounded-lg border border-line p-3 pt-1.5">
            <div className="-mb-3 flex items-center justify-end gap-0.5">
              <IconButton
                icon={ArrowUp}
                size="sm"
                label={t("flows.earlier", { n: n + 1 })}
                isDisabled={n === 0}
                onPress={() => swap(n, -1)}
              />
              <IconButton
                icon={ArrowDown}
                size="sm"
                label={t("flows.later", { n: n + 1 })}
                isDisabled={n === elements.length - 1}
                onPress={() => swap(n, 1)}
              />
              <IconButton
                icon={X}
                size="sm"
                label={t("flows.remove_n", { n: n + 1 })}
                isDisabled={elements.length <= props.least}
                onPress={() => put(elements.filter((_, place) => place !== n))}
              />
            </div>
            {props.children(element, n, (next) =>
              put(elements.map((each, place) => (place === n ? next : each))),
            )}
          </li>
        ))}
      </ol>
      <Button
        size="sm"
        icon={Plus}
        className="mt-2"
        isDisabled={elements.length >= props.most}
        onPress={() => put([...elements, props.fresh()])}
      >
        {t(`flows.add.${props.field}`)}
      </Button>
    </section>
  );
}

function More(props: { label: string; open: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(props.open);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="text-[13px] font-medium text-accent-text">{props.label}</summary>
      {open && <div className="mt-2 grid gap-3">{props.children}</div>}
    </details>
  );
}
