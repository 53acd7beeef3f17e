import { LANGUAGE_NAMES, type Language } from "@wasl/i18n";
import { Pill, TextField } from "@wasl/ui";
import { Languages } from "lucide-react";
import type { Definition, Texts } from "../model/definition.ts";
import type { Words } from "../words.ts";

/** One text in each language of the flow; what is missing says what people would read instead. */
export function TextsField(props: {
  label: string;
  description?: string;
  /** Stands where nothing is written in any language. */
  placeholder?: string | undefined;
  value: Texts;
  optional?: boolean;
  rows?: number;
  definition: Definition;
  words: Words;
  change: (texts: Texts) => void;
}) {
  const { value, definition, words } = props;
  const { t } = words;
  const begun = Object.values(value).some((text) => text?.trim());
  const instead = definition.languages.find((language) => value[language]?.trim());
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1.5 text-[13px] font-semibold">{props.label}</legend>
      {props.description && <p className="-mt-1 text-xs text-ink-2">{props.description}</p>}
      {definition.languages.map((language: Language) => {
        const missing = (begun || !props.optional) && !value[language]?.trim();
        return (
          <TextField
            key={language}
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
              missing && instead
                ? t("flows.falls_back", { language: LANGUAGE_NAMES[instead] })
                : undefined
            }
          />
        );
      })}
    </fieldset>
  );
}
