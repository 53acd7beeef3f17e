import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useLocale, useT } from "@wasl/i18n";
import { Button, Dialog, Select, TextField } from "@wasl/ui";
import { useState } from "react";
import { useErrorText } from "../errors.ts";
import { api, queryClient } from "../ground.ts";
import { Failure } from "../settings/parts.tsx";
import { useFlows } from "./leading.ts";
import { type Definition, NAME } from "./model/definition.ts";
import { freeKey, keyFor, LONGEST_KEY } from "./model/keys.ts";

/** What a new flow begins as. */
export interface Beginning {
  key: string;
  definition: Definition;
}

const BLANK = "-";

/** Asks what a flow is called and what it begins from, and makes it. */
export function NewFlow({ beginning, close }: { beginning: Beginning; close: () => void }) {
  const t = useT();
  const text = useErrorText();
  const navigate = useNavigate();
  const { language } = useLocale();
  const [name, setName] = useState(beginning.definition.name?.[language] ?? "");
  const [key, setKey] = useState(beginning.key);
  const [failure, setFailure] = useState<string | null>(null);
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const templates = useQuery({
    queryKey: ["flow-templates"],
    queryFn: () => api.call("GET /flows/templates"),
    retry: false,
  });
  const [template, setTemplate] = useState(BLANK);
  const flows = useFlows();
  const archived = useFlows(true);
  const taken = [flows, archived].flatMap(({ data }) => data?.items ?? []).map((flow) => flow.key);
  const [ownKey, setOwnKey] = useState(beginning.key !== "");
  const call = (next: string) => {
    setName(next);
    if (!ownKey) setKey(keyFor(next, taken));
  };
  const choose = (chosen: string) => {
    setTemplate(chosen);
    const found = templates.data?.items.find((each) => each.key === chosen);
    if (!found) return;
    setName(found.names[language] ?? found.key);
    setKey(freeKey(found.key, taken));
  };
  const badKey = checked && !NAME.test(key) ? t("flows.key_wrong") : null;
  const make = async () => {
    setChecked(true);
    if (!NAME.test(key) || !name.trim()) return;
    setBusy(true);
    try {
      const chosen = templates.data?.items.find((each) => each.key === template);
      const from = (chosen?.definition ?? beginning.definition) as Definition;
      const definition = { ...from, name: { ...from.name, [language]: name.trim() } };
      const made = await api.call("POST /flows", { body: { key, definition } });
      void queryClient.invalidateQueries({ queryKey: ["flows"] });
      await navigate({ to: "/flows/$", params: { _splat: made.id } });
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t("flows.add")}
      isOpen
      onClose={close}
      footer={
        <>
          <Button onPress={close}>{t("common.cancel")}</Button>
          <Button kind="primary" isPending={busy} type="submit" form="new-flow">
            {t("flows.create")}
          </Button>
        </>
      }
    >
      <form
        id="new-flow"
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        {beginning.key === "" && templates.data && (
          <Select
            label={t("flows.begin_from")}
            items={[
              { id: BLANK, label: t("flows.blank") },
              ...templates.data.items.map((each) => ({
                id: each.key,
                label: each.names[language] ?? each.key,
                description: each.about[language] ?? "",
              })),
            ]}
            value={template}
            onChange={choose}
          />
        )}
        <TextField
          label={t("flows.name")}
          description={t("flows.name_about")}
          value={name}
          onChange={call}
          error={checked && !name.trim() ? t("settings.fault.required") : null}
          maxLength={120}
          autoFocus
          isRequired
        />
        <TextField
          label={t("flows.key")}
          description={t("flows.key_about", { most: LONGEST_KEY })}
          ltr
          value={key}
          onChange={(next) => {
            setKey(next);
            setOwnKey(next !== "");
          }}
          error={badKey}
          maxLength={LONGEST_KEY}
          isRequired
        />
        {failure && <Failure>{failure}</Failure>}
      </form>
    </Dialog>
  );
}
