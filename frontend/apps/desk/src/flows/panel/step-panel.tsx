import { isolate } from "@wasl/i18n";
import { Button, IconButton, Ltr, MenuButton, TextField } from "@wasl/ui";
import { Braces, Copy, Flag, MoreVertical, Trash2, X } from "lucide-react";
import { useState } from "react";
import type { Heat } from "../builder/marks.ts";
import { ProblemIcon } from "../builder/problem-list.tsx";
import type { Step } from "../model/definition.ts";
import { renameStep, withStep } from "../model/edits.ts";
import { STEP_TYPES, TOGETHER } from "../model/step-types.ts";
import type { Draft } from "../use-draft.ts";
import { useFlowLanguage } from "../use-language.ts";
import type { Words } from "../words.ts";
import { Exits } from "./exits.tsx";
import { StepField } from "./field.tsx";
import { JsonField } from "./json-field.tsx";

/** One step, by the table of its type: what it says and does, and where it leads. */
export function StepPanel(props: {
  id: string;
  draft: Draft;
  words: Words;
  heat: Heat | null;
  show: (id: string) => void;
  renamed: (id: string) => void;
  duplicate: () => void;
  remove: () => void;
  close: () => void;
}) {
  const { id, draft, words } = props;
  const { t } = words;
  const language = useFlowLanguage();
  const { definition, edit } = draft;
  const step = definition.steps[id];
  if (!step) return null;
  const type = STEP_TYPES[step.type];
  const Icon = type?.icon ?? Braces;
  const problems = draft.problems.filter((each) => each.step === id);
  const change = (next: Step, field: string) =>
    edit((was) => withStep(was, id, next), `${field} of ${id}`);
  const name = isolate(words.typeName(step.type));
  return (
    <>
      <header className="flex h-14 shrink-0 items-center gap-2.5 border-b border-line ps-4 pe-2">
        <span className="grid size-8 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent-text">
          <Icon size={16} aria-hidden="true" />
        </span>
        <h2 className="grow truncate text-[15px] font-semibold">{words.typeName(step.type)}</h2>
        <Ltr className="max-w-24 truncate text-xs text-ink-2">{id}</Ltr>
        <MenuButton
          label={t("flows.more", { name })}
          trigger={<IconButton icon={MoreVertical} label={t("flows.more", { name })} />}
          actions={[
            { id: "copy", label: t("flows.duplicate"), icon: Copy, run: props.duplicate },
            {
              id: "start",
              label: t("flows.begin_here"),
              icon: Flag,
              isDisabled: definition.start === id,
              run: () => edit((was) => ({ ...was, start: id })),
            },
            {
              id: "remove",
              label: t("flows.remove"),
              icon: Trash2,
              danger: true,
              divided: true,
              kbd: "Del",
              run: props.remove,
            },
          ]}
        />
        <IconButton icon={X} label={t("common.close")} onPress={props.close} />
      </header>
      <div className="flex min-h-0 grow flex-col gap-4 overflow-y-auto p-4 scroll-thin">
        {problems.length > 0 && (
          <ul
            aria-label={t("flows.problems")}
            className="grid gap-1.5 rounded-lg border border-line bg-sunken px-3 py-2"
          >
            {problems.map((problem, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a problem has no other name
              <li key={n} className="flex items-start gap-2 text-[13px]">
                <ProblemIcon problem={problem} />
                <span className="min-w-0">{words.problem(problem)}</span>
              </li>
            ))}
          </ul>
        )}
        {props.heat && <StepHeat heat={props.heat} id={id} words={words} />}
        {type ? (
          type.fields
            .filter((field) => field.when?.(step) ?? true)
            .filter(
              ({ id: field, kind }) => kind in TOGETHER || language.hasField(step.type, field),
            )
            .map((field) => (
              <StepField
                key={field.id}
                field={field}
                step={step}
                definition={definition}
                problems={problems}
                words={words}
                change={(next) => change(next, field.id)}
              />
            ))
        ) : (
          <JsonField
            label={t("flows.as_json")}
            description={t("flows.unknown_type")}
            value={step}
            fits={(value) => typeof (value as Step | null)?.type === "string"}
            change={(value) => change(value as Step, "json")}
            rows={12}
          />
        )}
        <Exits id={id} step={step} draft={draft} words={words} show={props.show} />
        <TextField
          label={t("flows.comment")}
          description={t("flows.comment_about")}
          rows={2}
          maxLength={1000}
          value={step.comment ?? ""}
          onChange={(comment) => change({ ...step, comment }, "comment")}
        />
        <StepName key={id} id={id} draft={draft} words={words} renamed={props.renamed} />
      </div>
    </>
  );
}

function StepName(props: {
  id: string;
  draft: Draft;
  words: Words;
  renamed: (id: string) => void;
}) {
  const { id, draft, words } = props;
  const [name, setName] = useState(id);
  const made = renameStep(draft.definition, id, name);
  return (
    <form
      className="flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!made || name === id) return;
        draft.edit(() => made);
        props.renamed(name);
      }}
    >
      <TextField
        label={words.t("flows.step_name")}
        ltr
        value={name}
        onChange={setName}
        maxLength={40}
        error={made ? null : words.t("flows.name_taken")}
        className="grow"
      />
      {name !== id && made && (
        <Button type="submit" size="lg" className="h-9!">
          {words.t("flows.rename")}
        </Button>
      )}
    </form>
  );
}

function StepHeat({ heat, id, words }: { heat: Heat; id: string; words: Words }) {
  const { runs, left } = heat.steps[id] ?? { runs: 0, left: 0 };
  return (
    <section className="rounded-lg border border-line px-3 py-2 text-[13px]">
      <h3 className="font-semibold">{words.t("flows.heat.live")}</h3>
      <p className="text-ink-2">{words.t("flows.heat.came", { n: runs })}</p>
      <p className="text-ink-2">{words.t("flows.heat.left", { n: left })}</p>
    </section>
  );
}
