import { useT } from "@wasl/i18n";
import { Dialog, optionLook, TextField } from "@wasl/ui";
import { clsx } from "clsx";
import { Search } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { Header, ListBox, ListBoxItem, ListBoxSection } from "react-aria-components";
import { GROUPS, STEP_TYPES } from "../model/step-types.ts";
import { useFlowLanguage } from "../use-language.ts";

/** All types of steps, by what they are for; typing finds one, Enter takes the first. */
export function Palette(props: { choose: (type: string) => void; close: () => void }) {
  const t = useT();
  const language = useFlowLanguage();
  const [wanted, setWanted] = useState("");
  const fits = (type: string) =>
    `${type} ${t(`flows.type.${type}`)} ${t(`flows.about.${type}`)}`
      .toLocaleLowerCase()
      .includes(wanted.trim().toLocaleLowerCase());
  const groups = GROUPS.map((group) => ({
    group,
    types: Object.keys(STEP_TYPES).filter(
      (type) => STEP_TYPES[type]?.group === group && language.hasType(type) && fits(type),
    ),
  })).filter(({ types }) => types.length);
  const choose = (type: string | undefined) => {
    if (!type) return;
    props.close();
    props.choose(type);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    if (event.key === "Enter") choose(groups[0]?.types[0]);
    if (event.key === "ArrowDown") {
      event.preventDefault();
      event.currentTarget.querySelector<HTMLElement>("[role=option]")?.focus();
    }
  };
  return (
    <Dialog title={t("flows.add_step")} isOpen onClose={props.close} width={620}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of field and list together */}
      <div onKeyDown={onKeyDown}>
        <TextField
          label={t("flows.find_type")}
          hideLabel
          icon={Search}
          placeholder={t("flows.find_type")}
          autoFocus
          value={wanted}
          onChange={setWanted}
        />
        {groups.length === 0 && (
          <p className="px-2 py-3 text-[13px] text-ink-2">{t("flows.no_type")}</p>
        )}
        {/* made anew for what is found: one whose sections change in place renders without end */}
        <ListBox
          key={groups.flatMap(({ types }) => types).join()}
          aria-label={t("flows.add_step")}
          layout="grid"
          onAction={(key) => choose(String(key))}
          className="mt-2 outline-none"
        >
          {groups.map(({ group, types }) => (
            <ListBoxSection key={group} id={group} className="grid sm:grid-cols-2">
              <Header className="px-2 pt-2.5 pb-1 text-xs font-semibold text-ink-2 sm:col-span-2">
                {t(`flows.group.${group}`)}
              </Header>
              {types.map((type) => (
                <TypeItem key={type} type={type} />
              ))}
            </ListBoxSection>
          ))}
        </ListBox>
      </div>
    </Dialog>
  );
}

function TypeItem({ type }: { type: string }) {
  const t = useT();
  const known = STEP_TYPES[type];
  if (!known) return null;
  return (
    <ListBoxItem id={type} textValue={t(`flows.type.${type}`)} className={optionLook}>
      <span
        className={clsx(
          "grid size-8 shrink-0 place-items-center rounded-lg",
          known.group === "talk" ? "bg-accent-soft text-accent-text" : "bg-sunken text-ink-2",
        )}
      >
        <known.icon size={16} aria-hidden="true" />
      </span>
      <span className="min-w-0">
        <span className="block text-[13px] leading-5 font-medium">{t(`flows.type.${type}`)}</span>
        <span className="block text-xs leading-4.5 text-ink-2">{t(`flows.about.${type}`)}</span>
      </span>
    </ListBoxItem>
  );
}
