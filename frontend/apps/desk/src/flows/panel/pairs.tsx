import { Button, IconButton, TextField } from "@wasl/ui";
import { Plus, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { NAME } from "../model/definition.ts";
import type { Words } from "../words.ts";

interface Pair {
  id: string;
  name: string;
  value: string;
}
const pairsOf = (value: Record<string, string>): Pair[] =>
  Object.entries(value).map(([name, each]) => ({
    id: crypto.randomUUID(),
    name,
    value: String(each),
  }));

/** Names with a value each; what is half written is not taken yet. */
export function PairsField(props: {
  label: string;
  description?: string;
  value: Record<string, string>;
  of: "expression" | "template" | "name" | "path";
  keys?: readonly string[];
  words: Words;
  change: (value: Record<string, string>) => void;
}) {
  const { words, of, keys } = props;
  const { t } = words;
  const [pairs, setPairs] = useState(() => pairsOf(props.value));
  const written = useRef(JSON.stringify(props.value));
  useEffect(() => {
    const now = JSON.stringify(props.value);
    if (now === written.current) return;
    written.current = now;
    setPairs(pairsOf(props.value));
  }, [props.value]);
  const fits = ({ name, value }: Pair) =>
    (of === "template" ? /^[A-Za-z0-9-]{1,80}$/.test(name) : NAME.test(name)) &&
    value.trim() !== "" &&
    (of !== "name" || NAME.test(value));
  const put = (next: Pair[]) => {
    setPairs(next);
    const taken = Object.fromEntries(next.filter(fits).map(({ name, value }) => [name, value]));
    written.current = JSON.stringify(taken);
    props.change(taken);
  };
  const free = keys?.find((key) => !pairs.some(({ name }) => name === key)) ?? "";
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-[13px] font-semibold">{props.label}</legend>
      {props.description && <p className="mb-1.5 text-xs text-ink-2">{props.description}</p>}
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-2">
        {pairs.map((pair, n) => {
          const set = (some: Partial<Pair>) =>
            put(pairs.map((each) => (each === pair ? { ...pair, ...some } : each)));
          return (
            <li key={pair.id} className="flex items-center gap-1.5">
              <TextField
                label={t("flows.pair_name", { n: n + 1 })}
                hideLabel
                ltr
                value={pair.name}
                onChange={(name) => set({ name })}
                maxLength={80}
                placeholder="name"
                className="w-28 shrink-0"
              />
              <TextField
                label={t("flows.pair_value", { n: n + 1 })}
                hideLabel
                ltr
                value={pair.value}
                onChange={(value) => set({ value })}
                maxLength={1000}
                className="min-w-0 grow"
              />
              <IconButton
                icon={X}
                size="sm"
                label={t("flows.remove_n", { n: n + 1 })}
                onPress={() => put(pairs.filter((each) => each !== pair))}
              />
            </li>
          );
        })}
      </ul>
      <Button
        size="sm"
        icon={Plus}
        className="mt-2"
        onPress={() => setPairs([...pairs, { id: crypto.randomUUID(), name: free, value: "" }])}
      >
        {t("flows.add_pair")}
      </Button>
    </fieldset>
  );
}

/** A list of short texts, one a line. */
export function WordsField(props: {
  label: string;
  description?: string;
  value: readonly string[];
  fits?: (text: string) => boolean;
  words: Words;
  rows?: number;
  change: (value: string[]) => void;
}) {
  const [text, setText] = useState(props.value.join("\n"));
  const written = useRef(props.value.join("\n"));
  const shown = props.value.join("\n");
  useEffect(() => {
    if (shown === written.current) return;
    written.current = shown;
    setText(shown);
  }, [shown]);
  const lines = (of: string) => [
    ...new Set(
      of
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean),
    ),
  ];
  const wrong = lines(text).some((line) => !(props.fits?.(line) ?? true));
  return (
    <TextField
      label={props.label}
      description={props.description ?? props.words.t("flows.one_a_line")}
      rows={props.rows ?? 2}
      value={text}
      error={wrong ? props.words.t("flows.name_wrong") : null}
      onChange={(next) => {
        setText(next);
        const read = lines(next);
        if (read.some((line) => !(props.fits?.(line) ?? true))) return;
        written.current = read.join("\n");
        props.change(read);
      }}
    />
  );
}
