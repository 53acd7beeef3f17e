import type { Names } from "@wasl/api";
import { LANGUAGES, type Language, useT } from "@wasl/i18n";
import { TextField } from "@wasl/ui";

/** One thing written in each language that colleagues read. */
export function NamesFields(props: {
  label: (language: string) => string;
  value: Names;
  onChange: (value: Names) => void;
  error?: string | null;
  maxLength: number;
  rows?: number;
}) {
  const t = useT();
  return LANGUAGES.map((language: Language) => (
    <TextField
      key={language}
      label={props.label(t(`settings.language.${language}`))}
      value={props.value[language] ?? ""}
      onChange={(text) => props.onChange({ ...props.value, [language]: text })}
      error={props.error && !props.value[language]?.trim() ? props.error : null}
      maxLength={props.maxLength}
      {...(props.rows ? { rows: props.rows } : {})}
    />
  ));
}
