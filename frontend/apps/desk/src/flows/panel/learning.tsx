import type { Understood } from "@wasl/api";
import { isolate, LANGUAGE_NAMES, useFormat } from "@wasl/i18n";
import { Button, TextField } from "@wasl/ui";
import { useState } from "react";
import { api } from "../../ground.ts";
import type { Definition, Sentences, Texts } from "../model/definition.ts";
import type { Words } from "../words.ts";
import { Elements } from "./elements.tsx";
import type { FieldProps } from "./field.tsx";
import { WordsField } from "./pairs.tsx";
import { TextsField } from "./texts-field.tsx";

interface Answer {
  questions: Sentences;
  text: Texts;
}

/** Sentences that mean one thing, in each language of the flow. */
export function SentencesField(props: {
  value: Sentences;
  definition: Definition;
  words: Words;
  change: (sentences: Sentences) => void;
}) {
  const { value, words } = props;
  return props.definition.languages.map((language) => (
    <WordsField
      key={language}
      label={words.t("flows.examples_in", { language: LANGUAGE_NAMES[language] })}
      value={value[language] ?? []}
      rows={3}
      words={words}
      change={(sentences) => {
        const { [language]: _, ...others } = value;
        props.change(sentences.length ? { ...others, [language]: sentences } : others);
      }}
    />
  ));
}

/** What may be answered, and the questions that each answers. */
export function Answers({ field, step, definition, words, change }: FieldProps) {
  const answers = (step[field.id] ?? []) as Answer[];
  return (
    <>
      <Elements
        field={field.id}
        elements={answers}
        least={1}
        most={100}
        fresh={(): Answer => ({ questions: {}, text: {} })}
        words={words}
        put={(next) => change({ ...step, [field.id]: next })}
      >
        {(answer, n, set) => (
          <>
            <TextsField
              label={words.t("flows.place.answer", { n: n + 1 })}
              value={answer.text}
              rows={2}
              definition={definition}
              words={words}
              change={(text) => set({ ...answer, text })}
            />
            <SentencesField
              value={answer.questions}
              definition={definition}
              words={words}
              change={(questions) => set({ ...answer, questions })}
            />
          </>
        )}
      </Elements>
      <TrySentence
        answers={answers.map(({ questions }) => Object.values(questions).flat())}
        name={(n) => words.text(answers[n]?.text) || words.t("flows.place.answer", { n: n + 1 })}
        words={words}
      />
    </>
  );
}

/** What the engine makes of a sentence, by the examples as they stand. */
export function TrySentence(props: {
  answers: string[][];
  name: (place: number) => string;
  words: Words;
}) {
  const { t } = props.words;
  const format = useFormat();
  const [text, setText] = useState("");
  const [found, setFound] = useState<Understood | "busy" | "failed" | null>(null);
  const ask = async () => {
    setFound("busy");
    try {
      setFound(
        await api.call("POST /flows/understand", { body: { text, answers: props.answers } }),
      );
    } catch {
      setFound("failed");
    }
  };
  const said = () => {
    if (found === null || found === "busy") return "";
    if (found === "failed") return t("flows.try.failed");
    const means =
      found.answer === null
        ? t("flows.try.none")
        : t("flows.try.means", { name: isolate(props.name(found.answer)) });
    return `${means} · ${howFound(found, props.words, format.percent)}`;
  };
  return (
    <form
      className="grid gap-2 rounded-lg border border-line bg-sunken p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() && found !== "busy") void ask();
      }}
    >
      <TextField
        label={t("flows.try.label")}
        description={t("flows.try.about")}
        value={text}
        onChange={setText}
        maxLength={2000}
      />
      <Button
        type="submit"
        size="sm"
        className="justify-self-start"
        isDisabled={!text.trim()}
        isPending={found === "busy"}
      >
        {t("flows.try.do")}
      </Button>
      <output className="text-[13px]">{said()}</output>
    </form>
  );
}

/** The engine and how sure it is, as in a trace. */
export function howFound(
  how: { engine?: string; confidence?: number | null },
  words: Words,
  percent: (share: number) => string,
): string {
  const engine = words.maybe(`flows.engine.${how.engine}`, how.engine ?? "");
  return typeof how.confidence === "number" ? `${engine} · ${percent(how.confidence)}` : engine;
}
