import { useQuery } from "@tanstack/react-query";
import type { Contact } from "@wasl/api";
import { isLanguage, LANGUAGE_NAMES, LANGUAGES, useHasText, useT } from "@wasl/i18n";
import { Button, Select, TextField, toast } from "@wasl/ui";
import { Check, Pencil } from "lucide-react";
import { useState } from "react";
import { useErrorText } from "../errors.ts";
import { api, queryClient } from "../ground.ts";
import { Failure, useLeaveGuard } from "../settings/parts.tsx";
import { keepContact } from "./contact.tsx";
import { Panel } from "./panel.tsx";

const NO_TEAM = "none";

/** What is known of the person; edited where it stands. */
export function Details({ contact }: { contact: Contact }) {
  const t = useT();
  const [editing, setEditing] = useState(false);
  return (
    <Panel
      title={t("contacts.details")}
      action={
        !editing && (
          <Button size="sm" kind="ghost" icon={Pencil} onPress={() => setEditing(true)}>
            {t("contacts.edit")}
          </Button>
        )
      }
    >
      {editing ? (
        <DetailsForm contact={contact} close={() => setEditing(false)} />
      ) : (
        <DetailsList contact={contact} />
      )}
    </Panel>
  );
}

function DetailsList({ contact }: { contact: Contact }) {
  const t = useT();
  const has = useHasText();
  const language = isLanguage(contact.locale) ? LANGUAGE_NAMES[contact.locale] : contact.locale;
  const attributes = Object.entries(contact.attributes)
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
    .map(([name, value]) => {
      const key = `contacts.attribute.${name}`;
      return [has(key) ? t(key) : name, String(value)] as const;
    });
  const rows: (readonly [string, string | null])[] = [
    [t("contacts.company"), contact.company],
    [t("contacts.city"), contact.city],
    [t("contacts.time_zone"), contact.time_zone],
    [t("contacts.language"), language],
    [t("contacts.team"), contact.team?.name ?? null],
    ...attributes,
  ];
  const known = rows.filter(([, value]) => value);
  if (!known.length)
    return <p className="px-4 py-3 text-[13px] text-ink-2">{t("contacts.details_none")}</p>;
  return (
    <dl className="px-4 py-2 text-[13px]">
      {known.map(([name, value]) => (
        <div key={name} className="flex justify-between gap-4 py-1">
          <dt className="shrink-0 text-ink-3 first-letter:uppercase">{name}</dt>
          <dd dir="auto" className="min-w-0 font-medium wrap-anywhere">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function DetailsForm({ contact, close }: { contact: Contact; close: () => void }) {
  const t = useT();
  const text = useErrorText();
  const saved = {
    name: contact.name,
    company: contact.company ?? "",
    city: contact.city ?? "",
    time_zone: contact.time_zone ?? "",
    locale: contact.locale ?? "",
    team_id: contact.team_id,
    tags: contact.tags.join(", "),
  };
  const teams = useQuery({ queryKey: ["teams"], queryFn: () => api.call("GET /teams") });
  const [draft, setDraft] = useState(saved);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const guard = useLeaveGuard(JSON.stringify(draft) !== JSON.stringify(saved));
  const set = (change: Partial<typeof saved>) => setDraft((d) => ({ ...d, ...change }));
  const save = async () => {
    setBusy(true);
    setFailure(null);
    const { tags, ...rest } = draft;
    try {
      const kept = await api.call("PATCH /contacts/{id}", {
        path: { id: contact.id },
        body: { ...rest, tags: tagsOf(tags) },
      });
      keepContact({ ...contact, ...kept });
      void queryClient.invalidateQueries({ queryKey: ["contacts"] });
      toast(t("contacts.details_saved"));
      guard.release();
      close();
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };
  return (
    <form
      className="flex flex-col gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextField
        label={t("contacts.name")}
        value={draft.name}
        onChange={(name) => set({ name })}
        maxLength={120}
        autoFocus
      />
      <TextField
        label={t("contacts.company")}
        value={draft.company}
        onChange={(company) => set({ company })}
        maxLength={120}
      />
      <TextField
        label={t("contacts.city")}
        value={draft.city}
        onChange={(city) => set({ city })}
        maxLength={120}
      />
      <TextField
        label={t("contacts.time_zone")}
        description={t("contacts.time_zone_help")}
        ltr
        value={draft.time_zone}
        onChange={(time_zone) => set({ time_zone })}
        maxLength={60}
      />
      <Select
        label={t("contacts.language")}
        items={LANGUAGES.map((id) => ({ id, label: LANGUAGE_NAMES[id] }))}
        value={draft.locale || null}
        onChange={(locale) => set({ locale })}
        placeholder={t("common.not_set")}
      />
      <Select
        label={t("contacts.team")}
        description={t("contacts.team_help")}
        items={[
          { id: NO_TEAM, label: t("contacts.team_none") },
          ...(teams.data ?? []).map(({ id, name }) => ({ id, label: name })),
        ]}
        value={draft.team_id ?? NO_TEAM}
        onChange={(id) => set({ team_id: id === NO_TEAM ? null : id })}
      />
      <TextField
        label={t("contacts.tags")}
        description={t("contacts.tags_help")}
        value={draft.tags}
        onChange={(tags) => set({ tags })}
        maxLength={1000}
      />
      {failure && <Failure>{failure}</Failure>}
      <div className="flex justify-end gap-2">
        <Button onPress={close}>{t("common.cancel")}</Button>
        <Button kind="primary" type="submit" icon={Check} isPending={busy}>
          {t("common.save")}
        </Button>
      </div>
      {guard.question}
    </form>
  );
}

/** Tags as people write them: parted by Latin or Arabic commas. */
export const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,،]/)
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];
