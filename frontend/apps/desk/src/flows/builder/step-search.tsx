import { Dialog, Ltr, optionLook, TextField } from "@wasl/ui";
import { Braces, Search } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import type { Definition } from "../model/definition.ts";
import { STEP_TYPES } from "../model/step-types.ts";
import type { Words } from "../words.ts";
import { inOrder } from "./outline.tsx";

const MOST = 30;

/** Finds a step by its name, its type or any word in it. */
export function StepSearch(props: {
  definition: Definition;
  words: Words;
  choose: (id: string) => void;
  close: () => void;
}) {
  const { definition, words } = props;
  const [wanted, setWanted] = useState("");
  const found = inOrder(definition)
    .map((id) => ({ id, step: definition.steps[id] }))
    .filter(({ id, step }) =>
      `${id} ${words.typeName(step?.type ?? "")} ${JSON.stringify(step)}`
        .toLocaleLowerCase()
        .includes(wanted.trim().toLocaleLowerCase()),
    )
    .slice(0, MOST);
  const choose = (id: string | undefined) => {
    if (!id) return;
    props.close();
    // the dialog first gives focus back
    setTimeout(() => props.choose(id));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    if (event.key === "Enter") choose(found[0]?.id);
    if (event.key === "ArrowDown") {
      event.preventDefault();
      event.currentTarget.querySelector<HTMLElement>("[role=option]")?.focus();
    }
  };
  return (
    <Dialog title={words.t("flows.find_step")} isOpen onClose={props.close} width={520}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of field and list together */}
      <div onKeyDown={onKeyDown}>
        <TextField
          label={words.t("flows.find_step")}
          hideLabel
          icon={Search}
          autoFocus
          value={wanted}
          onChange={setWanted}
        />
        <ListBox
          aria-label={words.t("flows.find_step")}
          items={found}
          onAction={(key) => choose(String(key))}
          renderEmptyState={() => (
            <p className="px-2 py-3 text-[13px] text-ink-2">{words.t("flows.no_step")}</p>
          )}
          className="mt-2 min-h-40 outline-none"
        >
          {({ id, step }) => {
            const Icon = STEP_TYPES[step?.type ?? ""]?.icon ?? Braces;
            return (
              <ListBoxItem id={id} textValue={words.stepName(id)} className={optionLook}>
                <Icon size={16} aria-hidden="true" className="shrink-0 text-ink-2" />
                <span className="shrink-0 font-medium">{words.typeName(step?.type ?? "")}</span>
                <Ltr className="text-xs text-ink-2">{id}</Ltr>
                <span dir="auto" className="bidi-line min-w-0 grow truncate text-[13px] text-ink-2">
                  {step ? words.line(step) : ""}
                </span>
              </ListBoxItem>
            );
          }}
        </ListBox>
      </div>
    </Dialog>
  );
}
