import { useT } from "@wasl/i18n";
import { Dialog, optionLook, TextField } from "@wasl/ui";
import { clsx } from "clsx";
import { Search } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { Button as Press } from "react-aria-components";
import { GROUPS, STEP_TYPES } from "../model/step-types.ts";
import { useFlowLanguage } from "../use-language.ts";

/** All types of steps, by what they are for; typing finds one, Enter takes the first. */
export function Palette(props: { choose: (type: string) => void; close: () => void }) {
  const t = useT();
  const language = useFlowLanguage();
  const [wanted, setWanted] = useState("");
  const sought = wanted.trim().toLocaleLowerCase();
  /** How well a type fits: by how its name begins, by its name, by what is told of it; not at all. */
  const fit = (type: string): number => {
    const called = `${t(`flows.type.${type}`)} ${type}`.toLocaleLowerCase();
    const words = called.split(/[\s_]+/);
    if (words.some((word) => word.startsWith(sought))) return 3;
    if (called.includes(sought)) return 2;
    return t(`flows.about.${type}`).toLocaleLowerCase().includes(sought) ? 1 : 0;
  };
  const groups = GROUPS.map((group) => ({
    group,
    types: Object.keys(STEP_TYPES).filter(
      (type) => STEP_TYPES[type]?.group === group && language.hasType(type) && fit(type) > 0,
    ),
  })).filter(({ types }) => types.length);
  const best = groups
    .flatMap(({ types }) => types)
    .reduce<string | undefined>((a, b) => (a !== undefined && fit(a) >= fit(b) ? a : b), undefined);
  const choose = (type: string | undefined) => {
    if (!type) return;
    props.close();
    props.choose(type);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const inField = event.target instanceof HTMLInputElement;
    if (event.key === "Enter" && inField) choose(best);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-type]")];
    const next = items.indexOf(event.target as HTMLElement) + step;
    if (next >= 0) items[Math.min(next, items.length - 1)]?.focus();
    else event.currentTarget.querySelector("input")?.focus();
    event.preventDefault();
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
        {groups.map(({ group, types }) => (
          <section key={group} aria-label={t(`flows.group.${group}`)} className="mt-2">
            <h3 className="px-2 py-1 text-xs font-semibold text-ink-2">
              {t(`flows.group.${group}`)}
            </h3>
            <ul className="grid sm:grid-cols-2">
              {types.map((type) => (
                <li key={type}>
                  <TypeItem type={type} choose={() => choose(type)} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function TypeItem({ type, choose }: { type: string; choose: () => void }) {
  const t = useT();
  const known = STEP_TYPES[type];
  if (!known) return null;
  return (
    <Press
      onPress={choose}
      data-type={type}
      className={clsx(optionLook, "w-full text-start data-focus-visible:bg-sunken")}
    >
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
    </Press>
  );
}
