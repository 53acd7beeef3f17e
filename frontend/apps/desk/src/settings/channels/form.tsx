import { useFormat, useHasText, useT } from "@wasl/i18n";
import { Button, IconButton, Select, Switch, TextField } from "@wasl/ui";
import { clsx } from "clsx";
import { ChevronRight, Eye, EyeOff, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { NumberField } from "../parts.tsx";
import { useChannelKinds, useChannels } from "../queries.ts";
import {
  type ChannelPart,
  type Config,
  initialOf,
  type ListPart,
  type Part,
  type Path,
  rareOf,
  type SecretPart,
  type SectionPart,
  setAt,
  valueAt,
} from "./schema.ts";
import { isProse, spansOf, WHOLE } from "./spans.ts";

interface Form {
  kind: string;
  value: Config;
  /** Words, by path. */
  errors: ReadonlyMap<string, string>;
  change: (path: Path, value: unknown) => void;
}
interface At {
  form: Form;
  path: Path;
}

/** The settings of a channel kind, drawn from its schema on a grid of twelve. */
export function SchemaForm({ parts, form }: { parts: Part[]; form: Form }) {
  const t = useT();
  const rare = rareOf(parts);
  return (
    <div className="grid grid-cols-12 gap-x-3 gap-y-3">
      <Parts parts={parts.filter((part) => !rare.includes(part))} form={form} path={[]} />
      {rare.length > 0 && (
        <details className="group/rare col-span-12">
          <summary className="flex w-fit items-center gap-1 rounded-md py-1 text-[13px] font-medium text-accent-text select-none">
            <ChevronRight
              size={15}
              aria-hidden="true"
              className="icon-flip group-open/rare:rotate-90 rtl:group-open/rare:-rotate-90"
            />
            {t("settings.channel.more")}
          </summary>
          <div className="mt-2 grid grid-cols-12 gap-x-3 gap-y-3">
            <Parts parts={rare} form={form} path={[]} />
          </div>
        </details>
      )}
    </div>
  );
}

function Parts({ parts, form, path }: At & { parts: Part[] }) {
  const spans = spansOf(parts);
  return parts.map((part, index) => (
    <PartField
      key={part.name}
      part={part}
      form={form}
      path={[...path, part.name]}
      className={spans[index] ?? WHOLE}
    />
  ));
}

/** Names come from the adapter as message ids; a name without one is made readable. */
export function usePartWords(kind: string) {
  const t = useT();
  const has = useHasText();
  return {
    title(part: Pick<Part, "title" | "name">, path: Path): string {
      const keys = [part.title, `channel.${kind}.${dotted(path)}`, `settings.field.${part.name}`];
      const key = keys.find(has);
      if (key) return t(key);
      const words = (part.title.includes(".") ? part.name : part.title).replaceAll("_", " ");
      return words.charAt(0).toLocaleUpperCase() + words.slice(1);
    },
    help(part: Part, path: Path): string | null {
      const keys = [
        part.help ?? "",
        `channel.${kind}.${dotted(path)}.help`,
        `settings.field.${part.name}.help`,
      ];
      const key = keys.find(has);
      return key ? t(key) : null;
    },
    choice(part: Part, path: Path, choice: string): string {
      const keys = [
        `${part.title}.${choice}`,
        `channel.${kind}.${dotted(path)}.${choice}`,
        `settings.choice.${choice}`,
      ];
      const key = keys.find(has);
      return key ? t(key) : choice;
    },
  };
}
const dotted = (path: Path) => path.filter((step) => typeof step === "string").join(".");

function PartField({ part, form, path, className }: At & { part: Part; className?: string }) {
  const words = usePartWords(form.kind);
  const value = valueAt(form.value, path);
  const error = form.errors.get(path.join(".")) ?? null;
  const title = words.title(part, path);
  const help = words.help(part, path);
  const change = (next: unknown) => form.change(path, next);
  const common = { label: title, error, ...(className ? { className } : {}) };

  switch (part.type) {
    case "text":
      return (
        <TextField
          {...common}
          description={help}
          value={String(value ?? "")}
          onChange={change}
          isRequired={part.required}
          {...(part.lines ? { rows: 4 } : { ltr: !isProse(part.name) })}
        />
      );
    case "number":
      return (
        <NumberField
          {...common}
          plain
          description={help}
          value={typeof value === "number" ? value : null}
          onChange={change}
          min={part.min ?? undefined}
          max={part.max ?? undefined}
        />
      );
    case "select":
      return (
        <Select
          label={title}
          description={help}
          items={part.choices.map((id) => ({ id, label: words.choice(part, path, id) }))}
          value={String(value ?? "")}
          onChange={change}
          {...(className ? { className } : {})}
        />
      );
    case "channel":
      return (
        <ChannelField
          {...common}
          part={part}
          value={String(value ?? "")}
          onChange={change}
          help={help}
        />
      );
    case "switch":
      return (
        <div className={className}>
          <Switch isSelected={value === true} onChange={change}>
            <Words title={title} help={help} />
          </Switch>
        </div>
      );
    case "secret":
      return <SecretField {...common} part={part} value={value} onChange={change} help={help} />;
    case "section":
      return <SectionFields part={part} form={form} path={path} title={title} help={help} />;
    case "list":
      return <ListFields part={part} form={form} path={path} title={title} help={help} />;
    case "json":
      return <JsonField {...common} value={value} onChange={change} help={help} />;
  }
}

const FIRST = "first";

/** One of our channels by its name; what is chosen stays listed though it is gone. */
function ChannelField(props: {
  part: ChannelPart;
  label: string;
  value: string;
  onChange: (value: unknown) => void;
  help: string | null;
  error: string | null;
  className?: string;
}) {
  const { part, value } = props;
  const t = useT();
  const channels = useChannels();
  const kinds = useChannelKinds();
  const fitting = (kinds.data ?? [])
    .filter(({ capabilities }) => capabilities.identity_kind === part.identityKind)
    .map(({ kind }) => kind);
  const known = (channels.data ?? []).filter(({ kind }) => fitting.includes(kind));
  const gone = value && !known.some(({ id }) => id === value);
  return (
    <Select
      label={props.label}
      description={props.error ?? props.help}
      items={[
        { id: FIRST, label: t("settings.channel.first_channel") },
        ...known.map(({ id, name }) => ({ id, label: name })),
        ...(gone ? [{ id: value, label: t("settings.channel.gone_channel") }] : []),
      ]}
      value={value || FIRST}
      onChange={(id) => props.onChange(id === FIRST ? "" : id)}
      {...(props.className ? { className: props.className } : {})}
    />
  );
}

function Words({ title, help }: { title: string; help: string | null }) {
  return (
    <span className="min-w-0">
      <span className="block font-medium">{title}</span>
      {help && <span className="block text-xs text-ink-2">{help}</span>}
    </span>
  );
}

/** Written, never shown again: once set it says when, until something new is written over it. */
function SecretField(props: {
  part: SecretPart;
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
  error: string | null;
  help: string | null;
  className?: string;
}) {
  const t = useT();
  const format = useFormat();
  const [seen, setSeen] = useState(false);
  const kept = setAt(props.value);
  const text = typeof props.value === "string" ? props.value : "";
  return (
    <TextField
      label={props.label}
      value={text}
      onChange={props.onChange}
      error={props.error}
      ltr
      autoComplete="new-password"
      isRequired={props.part.required && !kept}
      {...(props.part.lines ? { rows: 4 } : { type: seen ? "text" : "password" })}
      {...(props.className ? { className: props.className } : {})}
      placeholder={kept ? "••••••••" : ""}
      description={kept ? t("settings.channel.set_at", { at: format.dateTime(kept) }) : props.help}
      end={
        text &&
        !props.part.lines && (
          <IconButton
            icon={seen ? EyeOff : Eye}
            size="sm"
            label={t(seen ? "sign_in.hide_password" : "sign_in.show_password")}
            onPress={() => setSeen(!seen)}
            className="me-1"
          />
        )
      }
    />
  );
}

interface GroupProps<P extends Part> extends At {
  part: P;
  title: string;
  help: string | null;
}

function SectionFields({ part, form, path, title, help }: GroupProps<SectionPart>) {
  const open = valueAt(form.value, path) !== null && valueAt(form.value, path) !== undefined;
  const error = form.errors.get(path.join("."));
  return (
    <fieldset className="col-span-12 mt-1 grid min-w-0 grid-cols-12 gap-x-3 gap-y-3">
      <legend className="sr-only">{title}</legend>
      <div className="col-span-12 flex items-center gap-3 text-[13px]">
        {part.optional ? (
          <Switch
            isSelected={open}
            onChange={(on) => form.change(path, on ? initialOf(part.parts) : null)}
          >
            <Words title={title} help={help} />
          </Switch>
        ) : (
          <Words title={title} help={help} />
        )}
        <span aria-hidden="true" className="h-px grow bg-line" />
      </div>
      {error && (
        <p role="alert" className="col-span-12 text-xs text-bad">
          {error}
        </p>
      )}
      {open && <Parts parts={part.parts} form={form} path={path} />}
    </fieldset>
  );
}

function ListFields({ part, form, path, title, help }: GroupProps<ListPart>) {
  const t = useT();
  const value = valueAt(form.value, path);
  const items: unknown[] = Array.isArray(value) ? value : [];
  const error = form.errors.get(path.join(".")) ?? firstBelow(form.errors, path);
  if (part.item.type === "text")
    return (
      <TextField
        label={title}
        description={help ?? t("settings.channel.one_per_line")}
        error={error}
        rows={Math.min(6, Math.max(2, items.length + 1))}
        ltr={!isProse(part.name)}
        value={items.join("\n")}
        onChange={(text) => form.change(path, text === "" ? [] : text.split("\n"))}
        className="col-span-12"
      />
    );
  const fresh = part.item.type === "section" ? initialOf(part.item.parts) : part.item.initial;
  return (
    <fieldset className="col-span-12 min-w-0">
      <legend className="mb-2 text-[13px]">
        <Words title={title} help={help} />
      </legend>
      <ul className="space-y-2">
        {items.map((_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a list have no other identity
          <li key={index} className="flex items-start gap-1 rounded-lg border border-line p-3">
            <div className="grid min-w-0 grow grid-cols-12 gap-3">
              {part.item.type === "section" ? (
                <Parts parts={part.item.parts} form={form} path={[...path, index]} />
              ) : (
                <PartField
                  part={part.item}
                  form={form}
                  path={[...path, index]}
                  className="col-span-12"
                />
              )}
            </div>
            <IconButton
              icon={Trash2}
              size="sm"
              label={t("settings.remove_row", { n: index + 1 })}
              onPress={() =>
                form.change(
                  path,
                  items.filter((_each, at) => at !== index),
                )
              }
            />
          </li>
        ))}
      </ul>
      {error && (
        <p role="alert" className="mt-1 text-xs text-bad">
          {error}
        </p>
      )}
      {(part.most === null || items.length < part.most) && (
        <Button
          size="sm"
          kind="ghost"
          icon={Plus}
          onPress={() => form.change(path, [...items, structuredClone(fresh)])}
          className={clsx(items.length && "mt-2")}
        >
          {t("settings.add_row")}
        </Button>
      )}
    </fieldset>
  );
}

function firstBelow(errors: ReadonlyMap<string, string>, path: Path): string | null {
  const above = `${path.join(".")}.`;
  for (const [at, text] of errors) if (at.startsWith(above)) return text;
  return null;
}

/** What is no JSON yet stays text, which the check of the form refuses. */
function JsonField(props: {
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
  error: string | null;
  help: ReactNode;
}) {
  const { value } = props;
  const text =
    typeof value === "string" ? value : value === null ? "" : JSON.stringify(value, null, 2);
  return (
    <TextField
      label={props.label}
      description={props.help}
      error={props.error}
      rows={5}
      ltr
      value={text}
      onChange={(next) => {
        try {
          props.onChange(next.trim() ? JSON.parse(next) : null);
        } catch {
          props.onChange(next);
        }
      }}
      className="col-span-12"
    />
  );
}
