import { LANGUAGE_NAMES, LANGUAGES, type Language } from "@wasl/i18n";
import { Button, Checkbox, IconButton, Select } from "@wasl/ui";
import { Download, X } from "lucide-react";
import { download } from "../download.ts";
import { NAME } from "../model/definition.ts";
import type { Draft } from "../use-draft.ts";
import type { Words } from "../words.ts";
import { Channels } from "./channels.tsx";
import { WordsField } from "./pairs.tsx";
import { TextsField } from "./texts-field.tsx";
import { TriggerFields } from "./trigger.tsx";

const NONE = "-";

/** The flow itself: its name, languages, where it begins, what other flows give it, its channels. */
export function FlowPanel(props: { draft: Draft; words: Words; close: () => void }) {
  const { draft, words } = props;
  const { t } = words;
  const { definition, edit } = draft;
  const steps = Object.keys(definition.steps).map((id) => ({ id, label: words.stepName(id) }));
  const speaks = (language: Language, on: boolean) =>
    edit((was) => ({
      ...was,
      languages: on
        ? [...was.languages, language]
        : was.languages.filter((each) => each !== language),
    }));
  return (
    <>
      <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line ps-4 pe-2">
        <h2 className="grow truncate text-[15px] font-semibold">{t("flows.settings")}</h2>
        <IconButton icon={X} label={t("common.close")} onPress={props.close} />
      </header>
      <div className="flex min-h-0 grow flex-col gap-4 overflow-y-auto p-4 scroll-thin">
        <TextsField
          label={t("flows.name")}
          value={definition.name}
          definition={definition}
          words={words}
          change={(name) => edit((was) => ({ ...was, name }), "name")}
        />
        <fieldset className="grid gap-2">
          <legend className="mb-1.5 text-[13px] font-semibold">{t("flows.languages")}</legend>
          {LANGUAGES.map((language) => (
            <Checkbox
              key={language}
              isSelected={definition.languages.includes(language)}
              isDisabled={definition.languages.length === 1 && definition.languages[0] === language}
              onChange={(on) => speaks(language, on)}
            >
              {LANGUAGE_NAMES[language]}
            </Checkbox>
          ))}
        </fieldset>
        <Select
          label={t("flows.first_language")}
          description={t("flows.first_language_about")}
          items={definition.languages.map((id) => ({ id, label: LANGUAGE_NAMES[id] }))}
          value={definition.languages[0] ?? null}
          onChange={(first) =>
            edit((was) => ({
              ...was,
              languages: [
                first as Language,
                ...was.languages.filter((language) => language !== first),
              ],
            }))
          }
        />
        <Select
          label={t("flows.start")}
          items={steps}
          value={definition.start in definition.steps ? definition.start : null}
          onChange={(start) => edit((was) => ({ ...was, start }))}
        />
        <Select
          label={t("flows.person")}
          description={t("flows.person_about")}
          items={[{ id: NONE, label: t("flows.person_none") }, ...steps]}
          value={definition.person ?? NONE}
          onChange={(id) => edit((was) => ({ ...was, person: id === NONE ? null : id }))}
        />
        {!definition.trigger && <Channels draft={draft} words={words} />}
        <TriggerFields draft={draft} words={words} />
        {(["parameters", "results"] as const).map((field) => (
          <WordsField
            key={field}
            label={t(`flows.${field}`)}
            description={t(`flows.${field}_about`)}
            value={definition[field] ?? []}
            fits={(text) => NAME.test(text)}
            words={words}
            change={(names) => edit((was) => ({ ...was, [field]: names }), field)}
          />
        ))}
        <Button icon={Download} onPress={() => download(draft.flow.key, definition)}>
          {t("flows.export")}
        </Button>
      </div>
    </>
  );
}
