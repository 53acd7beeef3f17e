import { isolate, useFormat, useLocale, useT } from "@wasl/i18n";
import { Button, IconButton, Select, TextField } from "@wasl/ui";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useLanguageName, useSkillName } from "../../why.ts";

export const LEVELS = [1, 2, 3, 4, 5];
const USUAL_LEVEL = 3;
const LANGUAGE = "language:";
/** Languages that can be chosen; others can be kept through the API. */
export const LANGUAGE_CODES = [
  ...["en", "fa", "ar", "ku", "tr", "az", "ur", "ps", "hi", "he", "fr", "de", "es", "it", "pt"],
  ...["nl", "pl", "ru", "uk", "zh", "ja", "ko", "id"],
];

/** What somebody can, skill by skill, with a level. */
export function SkillFields(props: {
  skills: Record<string, number>;
  change: (skills: Record<string, number>) => void;
}) {
  const t = useT();
  const format = useFormat();
  const { language } = useLocale();
  const skillName = useSkillName();
  const languageName = useLanguageName();
  const [name, setName] = useState("");
  const { skills, change } = props;
  const collator = new Intl.Collator(language);
  const names = Object.keys(skills).sort((a, b) => collator.compare(skillName(a), skillName(b)));
  const fresh = name.trim();
  const add = () => {
    if (fresh && !(fresh in skills)) change({ ...skills, [fresh]: USUAL_LEVEL });
    setName("");
  };
  return (
    <fieldset className="min-w-0">
      <legend className="text-[13px] font-medium">{t("settings.skill.title")}</legend>
      <p className="mb-2 text-xs text-ink-2">
        {t("settings.skill.help", { most: Math.max(...LEVELS) })}
      </p>
      {names.length > 0 && (
        <ul className="mb-2 rounded-lg border border-line">
          {names.map((skill) => (
            <li
              key={skill}
              className="flex items-center gap-2 border-b border-line/70 py-1.5 ps-3 pe-1.5 last:border-0"
            >
              <span dir="auto" className="bidi-line min-w-0 grow truncate text-sm">
                {skillName(skill)}
              </span>
              <Select
                label={t("settings.skill.level_of", { name: isolate(skillName(skill)) })}
                hideLabel
                items={LEVELS.map((n) => ({
                  id: String(n),
                  label: t("settings.queue.level", { n: format.number(n) }),
                }))}
                value={String(skills[skill])}
                onChange={(level) => change({ ...skills, [skill]: Number(level) })}
                className="w-32 shrink-0"
              />
              <IconButton
                icon={X}
                size="sm"
                label={t("settings.skill.remove", { name: isolate(skillName(skill)) })}
                onPress={() =>
                  change(Object.fromEntries(Object.entries(skills).filter(([k]) => k !== skill)))
                }
              />
            </li>
          ))}
        </ul>
      )}
      <Select
        key={names.length}
        label={t("settings.skill.add_language")}
        hideLabel
        placeholder={t("settings.skill.add_language")}
        items={LANGUAGE_CODES.filter((code) => !(LANGUAGE + code in skills)).map((id) => ({
          id,
          label: languageName(id),
        }))}
        value={null}
        onChange={(code) => change({ ...skills, [LANGUAGE + code]: USUAL_LEVEL })}
      />
      <div className="mt-2 flex items-end gap-2">
        <TextField
          label={t("settings.skill.name")}
          value={name}
          onChange={setName}
          maxLength={80}
          className="min-w-0 grow"
        />
        <Button icon={Plus} isDisabled={!fresh} onPress={add}>
          {t("settings.skill.add")}
        </Button>
      </div>
    </fieldset>
  );
}
