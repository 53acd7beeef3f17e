import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t } from "../i18n";
import { Icon } from "./Icon";

interface Props {
  label: string;
  /** What is wrong and how it is put right. */
  error?: string | undefined;
  required: boolean;
  /** Given the attributes that tie the control to its label and error. */
  children: (control: {
    id: string;
    "aria-invalid": boolean;
    "aria-describedby": string | undefined;
    "aria-required": boolean;
  }) => ComponentChildren;
}

export function Field({ label, error, required, children }: Props) {
  const id = useId();
  return (
    <div class={error ? "field wrong" : "field"}>
      <label for={id}>
        {label} {!required && <span class="meta">{t("optional")}</span>}
      </label>
      <div class="control">
        {children({
          id,
          "aria-invalid": Boolean(error),
          "aria-describedby": error ? `${id}-error` : undefined,
          "aria-required": required,
        })}
        {error && <Icon name="alert" size={18} />}
      </div>
      {error && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
const PHONE = /^\+?[\d\s().-]{7,20}$/;

/** Persian and Arabic digits as the servers write them. */
export const latinDigits = (text: string) =>
  text.replace(/[۰-۹٠-٩]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));

export const isEmail = (text: string) => text.length <= 320 && EMAIL.test(text);
export const isPhone = (text: string) =>
  PHONE.test(latinDigits(text)) && latinDigits(text).replace(/\D/g, "").length >= 7;
