import { TextField } from "@wasl/ui";
import { type ReactNode, useEffect, useRef, useState } from "react";

/** A code, a name or an expression: taken while it is one, else it says what is wrong. */
export function CheckedField(props: {
  label: string;
  value: string;
  fits: (text: string) => boolean;
  wrong: string;
  /** What else is wrong with what was taken. */
  error?: string | null;
  change: (text: string) => void;
  description?: string;
  placeholder?: string;
  aside?: ReactNode;
  hideLabel?: boolean;
  maxLength?: number;
  className?: string;
}) {
  const { value, fits, wrong, error, change, ...rest } = props;
  const [text, setText] = useState(value);
  const taken = useRef(value);
  useEffect(() => {
    if (value === taken.current) return;
    taken.current = value;
    setText(value);
  }, [value]);
  return (
    <TextField
      {...rest}
      ltr
      value={text}
      error={fits(text) ? (error ?? null) : wrong}
      onChange={(next) => {
        setText(next);
        if (!fits(next)) return;
        taken.current = next;
        change(next);
      }}
    />
  );
}
