import { useT } from "@wasl/i18n";
import { useId } from "react";

/** What channels with subjects put below our text. Changed in the profile, not here. */
export function Signature({ text }: { text: string }) {
  const t = useT();
  return (
    <section
      aria-label={t("desk.signature")}
      className="mx-3.5 mb-1.5 border-t border-dashed border-line pt-1 text-xs text-ink-2"
    >
      <p dir="auto" className="bidi-line line-clamp-3 whitespace-pre-line">
        {text}
      </p>
    </section>
  );
}

/** One line above the text. */
export function LineField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  ltr?: boolean;
}) {
  const id = useId();
  return (
    <div className="flex items-center gap-2 border-b border-line px-3.5">
      <label htmlFor={id} className="shrink-0 text-xs text-ink-2">
        {props.label}
      </label>
      <input
        id={id}
        dir={props.ltr ? "ltr" : "auto"}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        className="bidi-line h-9 min-w-0 grow bg-transparent text-sm outline-none!"
      />
    </div>
  );
}
