import { isolate, useT } from "@wasl/i18n";
import { IconButton } from "@wasl/ui";
import { X } from "lucide-react";
import { type KeyboardEvent, useId, useRef } from "react";
import { answersOf, type Draft, MOST_ANSWER_CHARS, MOST_ANSWERS } from "./draft.ts";

interface Props {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

/** Answers that the contact may tap. Enter takes what is written, Backspace brings the last back. */
export function AnswersEditor({ draft, change }: Props) {
  const t = useT();
  const hint = useId();
  const field = useRef<HTMLInputElement>(null);
  const { answers, answer } = draft;
  const full = answersOf(draft).length >= MOST_ANSWERS;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (!full) change({ answers: answersOf(draft), answer: "" });
    } else if (event.key === "Backspace" && !answer && answers.length) {
      event.preventDefault();
      change({ answers: answers.slice(0, -1), answer: answers.at(-1) ?? "" });
    }
  };
  return (
    <fieldset aria-label={t("desk.answers")} className="mx-3.5 mb-2">
      <ul className="flex flex-wrap items-center gap-1.5">
        {answers.map((text) => (
          <li
            key={text}
            className="flex max-w-full items-center rounded-full border border-accent bg-accent-soft ps-3 text-[13px]"
          >
            <span dir="auto" className="truncate">
              {text}
            </span>
            <IconButton
              icon={X}
              size="sm"
              label={t("desk.answer_remove", { text: isolate(text) })}
              onPress={() => {
                change({ answers: answers.filter((other) => other !== text) });
                field.current?.focus();
              }}
            />
          </li>
        ))}
        <li className="min-w-40 grow">
          <input
            ref={field}
            dir="auto"
            value={answer}
            maxLength={MOST_ANSWER_CHARS}
            aria-label={t("desk.answer_add")}
            aria-describedby={hint}
            placeholder={t("desk.answer_add")}
            // biome-ignore lint/a11y/noAutofocus: its button was pressed to write one
            autoFocus={!answers.length}
            onChange={(event) => change({ answer: event.target.value })}
            onKeyDown={onKeyDown}
            className="bidi-line h-8 w-full rounded-full border border-dashed border-line-strong bg-transparent px-3 text-[13px] outline-none! focus:border-accent"
          />
        </li>
      </ul>
      <p id={hint} className="mt-1 text-xs text-ink-2">
        {full ? t("desk.answers_full", { n: MOST_ANSWERS }) : t("desk.answers_hint")}
      </p>
    </fieldset>
  );
}
