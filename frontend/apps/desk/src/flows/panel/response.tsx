import { ltr, useLocale } from "@wasl/i18n";
import { Bidi, fieldLook, labelLook, optionLook, Popover, TextField } from "@wasl/ui";
import { clsx } from "clsx";
import { Check, ChevronDown, Search } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { ListBox, ListBoxItem, Button as Press } from "react-aria-components";
import { type Definition, said } from "../model/definition.ts";
import { useResponses } from "../responses.ts";
import type { Words } from "../words.ts";

const NONE = "-";

/** Names a canned response, found by a word of it, and shows what it says now. */
export function ResponseField(props: {
  label: string;
  value: string | null;
  definition: Definition;
  words: Words;
  change: (short: string | null) => void;
}) {
  const { value, definition, words } = props;
  const { t } = words;
  const { language } = useLocale();
  const label = useId();
  const named = useId();
  const chosen = useResponses(true)?.find(({ short }) => short === value);
  const text = chosen && said(chosen.text, language, definition.languages);
  return (
    <div className="grid min-w-0 gap-1.5">
      <div>
        <span id={label} className={labelLook}>
          {props.label}
        </span>
        <Popover
          label={props.label}
          placement="bottom start"
          className="w-(--trigger-width) min-w-64 p-2!"
          trigger={
            <Press
              aria-labelledby={`${label} ${named}`}
              className={clsx(fieldLook, "h-9 w-full gap-2 px-3 outline-offset-2")}
            >
              <span id={named} className="min-w-0 grow truncate text-start">
                <bdi>
                  {value === null ? t("flows.none.template") : (chosen?.title ?? ltr(`/${value}`))}
                </bdi>
              </span>
              <ChevronDown size={15} aria-hidden="true" className="shrink-0 text-ink-2" />
            </Press>
          }
        >
          {(close) => (
            <Choice
              value={value}
              words={words}
              choose={(short) => {
                props.change(short);
                close();
              }}
            />
          )}
        </Popover>
      </div>
      {text && (
        <blockquote
          dir="auto"
          className="bidi-line line-clamp-4 rounded-lg border border-line bg-sunken px-2.5 py-1.5 text-[13px] whitespace-pre-wrap wrap-anywhere"
        >
          <Bidi>{text}</Bidi>
        </blockquote>
      )}
      {value !== null && <p className="text-xs text-ink-2">{t("flows.response.about")}</p>}
    </div>
  );
}

function Choice(props: {
  value: string | null;
  words: Words;
  choose: (short: string | null) => void;
}) {
  const { value, choose } = props;
  const { t } = props.words;
  const [wanted, setWanted] = useState("");
  const folded = wanted.trim().toLocaleLowerCase();
  const responses = (useResponses(true) ?? []).filter(({ short, title, text }) =>
    `/${short} ${title} ${Object.values(text).join(" ")}`.toLocaleLowerCase().includes(folded),
  );
  const items = [
    ...(folded ? [] : [{ id: NONE, title: t("flows.none.template"), short: "" }]),
    ...responses.map(({ short, title }) => ({ id: short, title, short })),
  ];
  const take = (id: string | undefined) => id && choose(id === NONE ? null : id);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (folded) take(items[0]?.id);
    }
    if (event.key === "ArrowDown") {
      event.preventDefault();
      event.currentTarget.querySelector<HTMLElement>("[role=option]")?.focus();
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of field and list together
    <div onKeyDown={onKeyDown} className="grid gap-1.5">
      <TextField
        label={t("flows.response.find")}
        hideLabel
        icon={Search}
        placeholder={t("flows.response.find")}
        autoFocus
        value={wanted}
        onChange={setWanted}
      />
      <ListBox
        aria-label={t("flows.field.template")}
        items={items}
        onAction={(key) => take(String(key))}
        renderEmptyState={() => (
          <p className="px-2 py-1.5 text-[13px] text-ink-2">{t("flows.response.none")}</p>
        )}
        className="max-h-64 overflow-y-auto outline-none scroll-thin"
      >
        {({ id, title, short }) => (
          <ListBoxItem id={id} textValue={`${title} ${short}`} className={optionLook}>
            <span className="min-w-0 grow">
              <span className="block truncate">
                <bdi>{title}</bdi>
              </span>
              {short && <span className="block text-xs text-ink-2">{ltr(`/${short}`)}</span>}
            </span>
            {id === (value ?? NONE) && (
              <Check size={15} aria-hidden="true" className="shrink-0 text-accent-text" />
            )}
          </ListBoxItem>
        )}
      </ListBox>
    </div>
  );
}
