import { isolate, LANGUAGE_NAMES, type Language } from "@wasl/i18n";
import { Pill, TextField } from "@wasl/ui";
import { clsx } from "clsx";
import { Languages } from "lucide-react";
import { useRef } from "react";
import type { Definition, Texts } from "../model/definition.ts";
import type { Words } from "../words.ts";
import { InsertValue } from "./insert-value.tsx";

type Written = HTMLTextAreaElement | HTMLInputElement;
const AFTER_MENU_MS = 50;
const writtenIn = (language: Language) =>
  `[data-language=${language}] textarea, [data-language=${language}] input`;

/** One text in each language of the flow; what is missing says that publishing waits for it. */
export function TextsField(props: {
  label: string;
  description?: string;
  /** Stands where nothing is written in any language. */
  placeholder?: string | undefined;
  value: Texts;
  optional?: boolean;
  rows?: number;
  /** Places in it are filled with values when it is said. */
  filled?: boolean;
  definition: Definition;
  words: Words;
  change: (texts: Texts) => void;
}) {
  const { value, definition, words } = props;
  const { t } = words;
  const group = useRef<HTMLFieldSetElement>(null);
  const last = useRef<Language | null>(null);
  const insert = (name: string) => {
    const language = last.current ?? definition.languages[0];
    const written = language && group.current?.querySelector<Written>(writtenIn(language));
    if (!written) return;
    const { length } = written.value;
    const [from, to] = last.current // where nobody wrote yet, at the end
      ? [written.selectionStart ?? length, written.selectionEnd ?? length]
      : [length, length];
    const before = written.value.slice(0, from);
    const after = written.value.slice(to);
    const place = `{{${name}}}`;
    props.change({ ...value, [language]: before + place + after });
    const at = before.length + place.length;
    // once the menu is gone, which gives its button the focus back
    setTimeout(() => {
      written.focus();
      written.setSelectionRange(at, at);
    }, AFTER_MENU_MS);
  };
  const begun = Object.values(value).some((text) => text?.trim());
  return (
    <fieldset
      ref={group}
      className="relative grid min-w-0 gap-2"
      onFocus={({ target }) => {
        const language = target.closest<HTMLElement>("[data-language]")?.dataset.language;
        if (language) last.current = language as Language;
      }}
    >
      <legend className={clsx("mb-1.5 text-[13px] font-semibold", props.filled && "pe-32")}>
        {props.label}
      </legend>
      {props.filled && <InsertValue words={words} insert={insert} />}
      {props.description && <p className="-mt-1 text-xs text-ink-2">{props.description}</p>}
      {definition.languages.map((language: Language) => {
        const missing = (begun || !props.optional) && !value[language]?.trim();
        return (
          <div key={language} data-language={language}>
            <TextField
              label={LANGUAGE_NAMES[language]}
              value={value[language] ?? ""}
              onChange={(text) => props.change({ ...value, [language]: text })}
              maxLength={4000}
              {...(!begun && props.placeholder && { placeholder: props.placeholder })}
              {...(props.rows && { rows: props.rows })}
              aside={
                missing && (
                  <Pill
                    icon={Languages}
                    className="border border-dashed border-line-strong bg-transparent!"
                  >
                    {t("flows.missing")}
                  </Pill>
                )
              }
              description={
                missing && begun && definition.languages.length > 1
                  ? t("flows.waits_for_text", { language: isolate(LANGUAGE_NAMES[language]) })
                  : undefined
              }
            />
          </div>
        );
      })}
    </fieldset>
  );
}
