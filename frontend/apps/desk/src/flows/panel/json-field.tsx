import { useT } from "@wasl/i18n";
import { TextField } from "@wasl/ui";
import { useEffect, useRef, useState } from "react";

/** A part of the definition as JSON: taken as soon as it can be read. */
export function JsonField(props: {
  label: string;
  description?: string;
  value: unknown;
  fits: (value: unknown) => boolean;
  change: (value: unknown) => void;
  rows?: number;
}) {
  const t = useT();
  const shown = JSON.stringify(props.value, null, 2);
  const [text, setText] = useState(shown);
  const [wrong, setWrong] = useState(false);
  const written = useRef(shown);
  useEffect(() => {
    // changed by something else, such as undoing
    if (shown === written.current) return;
    written.current = shown;
    setText(shown);
    setWrong(false);
  }, [shown]);
  const write = (next: string) => {
    setText(next);
    try {
      const value: unknown = JSON.parse(next);
      if (!props.fits(value)) throw new Error("does not fit");
      written.current = JSON.stringify(value, null, 2);
      setWrong(false);
      props.change(value);
    } catch {
      setWrong(true);
    }
  };
  return (
    <TextField
      label={props.label}
      description={props.description}
      ltr
      rows={props.rows ?? 5}
      value={text}
      onChange={write}
      error={wrong ? t("flows.json_wrong") : null}
      className="[&_textarea]:font-mono [&_textarea]:text-xs"
    />
  );
}
