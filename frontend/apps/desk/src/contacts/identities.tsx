import { useQueries } from "@tanstack/react-query";
import type { Contact, ContactRow, Identity } from "@wasl/api";
import { isolate, useFormat, useHasText, useT } from "@wasl/i18n";
import { Button, Dialog, Select, TextField, toast } from "@wasl/ui";
import { BadgeCheck, GitMerge, Plus } from "lucide-react";
import { useState } from "react";
import { useErrorText } from "../errors.ts";
import { api } from "../ground.ts";
import { Failure } from "../settings/parts.tsx";
import { useChannelKinds } from "../settings/queries.ts";
import { keepContact } from "./contact.tsx";
import { IdentityBadge, IdentityValue, useIdentityKindName } from "./identity.tsx";
import { MergeDialog } from "./merge.tsx";
import { Nothing, Panel } from "./panel.tsx";

/** Where this person can be known from, how sure that is, and who may be the same person. */
export function Identities({ contact }: { contact: Contact }) {
  const t = useT();
  const [adding, setAdding] = useState(false);
  return (
    <Panel
      title={t("contacts.identities")}
      action={
        <Button size="sm" kind="ghost" icon={Plus} onPress={() => setAdding(true)}>
          {t("contacts.identity_add")}
        </Button>
      }
    >
      {contact.identities.length ? (
        <ul className="px-4 py-1">
          {contact.identities.map((identity) => (
            <Item key={identity.id} identity={identity} />
          ))}
        </ul>
      ) : (
        <Nothing>{t("contacts.identities_none")}</Nothing>
      )}
      <Twin contact={contact} />
      <AddIdentity
        key={String(adding)}
        contact={contact}
        isOpen={adding}
        close={() => setAdding(false)}
      />
    </Panel>
  );
}

function Item({ identity }: { identity: Identity }) {
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const kindName = useIdentityKindName();
  const key = `contacts.verified_by.${identity.verified_by}`;
  const how = identity.verified
    ? t(has(key) ? key : "contacts.verified")
    : t("contacts.unverified");
  const seen =
    identity.last_seen_at &&
    t("contacts.seen", { at: format.age(identity.last_seen_at, Date.now()) });
  return (
    <li className="flex items-center gap-3 border-b border-line/70 py-2 last:border-0">
      <IdentityBadge kind={identity.kind} />
      <span className="min-w-0 grow leading-4.5">
        <span className="sr-only">{kindName(identity.kind)}: </span>
        <IdentityValue identity={identity} className="text-[13px] font-medium" />
        <span className="block text-xs text-ink-3">{[how, seen].filter(Boolean).join(" · ")}</span>
      </span>
      {identity.verified && (
        <BadgeCheck size={16} aria-hidden="true" className="shrink-0 text-accent-text" />
      )}
    </li>
  );
}

const MOST_ASKED = 4;

/** Someone else with one of these addresses is possibly the same person. */
function useTwin(contact: Contact): { row: ContactRow; identity: Identity } | null {
  const asked = contact.identities.slice(0, MOST_ASKED);
  const answers = useQueries({
    queries: asked.map((identity) => ({
      queryKey: ["contacts", "with", identity.kind, identity.value],
      queryFn: () => api.call("GET /contacts", { query: { q: identity.value, limit: 10 } }),
      staleTime: 60_000,
    })),
  });
  for (const [index, identity] of asked.entries()) {
    const row = answers[index]?.data?.items.find(
      (each) =>
        each.id !== contact.id &&
        each.identities.some((i) => i.kind === identity.kind && i.value === identity.value),
    );
    if (row) return { row, identity };
  }
  return null;
}

function Twin({ contact }: { contact: Contact }) {
  const t = useT();
  const twin = useTwin(contact);
  const [comparing, setComparing] = useState(false);
  if (!twin) return null;
  return (
    <div className="flex items-start gap-2 border-t border-line bg-raised px-4 py-2.5 text-xs text-ink-2">
      <GitMerge size={14} aria-hidden="true" className="mt-0.5 shrink-0" />
      <p className="min-w-0 grow">
        {t("contacts.twin", { name: isolate(twin.row.name || t("contacts.nameless")) })}{" "}
        <button
          type="button"
          onClick={() => setComparing(true)}
          className="inline font-medium text-accent-text underline underline-offset-2"
        >
          {t("contacts.compare")}
        </button>
      </p>
      <MergeDialog
        key={String(comparing)}
        contact={contact}
        other={twin.row}
        isOpen={comparing}
        close={() => setComparing(false)}
      />
    </div>
  );
}

function AddIdentity(props: { contact: Contact; isOpen: boolean; close: () => void }) {
  const { contact, close } = props;
  const t = useT();
  const text = useErrorText();
  const kindName = useIdentityKindName();
  const kinds = useChannelKinds();
  const [kind, setKind] = useState("email");
  const [value, setValue] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  // What a contact's own client calls itself can't be known beforehand.
  const written = (kinds.data ?? [])
    .filter(({ capabilities }) => capabilities.client_api !== true)
    .map(({ capabilities }) => String(capabilities.identity_kind));
  const choices = [...new Set(["email", "phone", ...written])];
  const add = async () => {
    if (!value.trim()) return setFailure(t("contacts.value_missing"));
    setBusy(true);
    setFailure(null);
    try {
      const body = { kind, value: value.trim() };
      keepContact(
        await api.call("POST /contacts/{id}/identities", { path: { id: contact.id }, body }),
      );
      toast(t("contacts.identity_added"));
      close();
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t("contacts.identity_new")}
      isOpen={props.isOpen}
      onClose={close}
      footer={
        <>
          <Button onPress={close}>{t("common.cancel")}</Button>
          <Button kind="primary" isPending={busy} onPress={() => void add()}>
            {t("contacts.identity_add")}
          </Button>
        </>
      }
    >
      <form
        className="grid grid-cols-[130px_minmax(0,1fr)] gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Select
          label={t("contacts.identity_kind")}
          items={choices.map((id) => ({ id, label: kindName(id) }))}
          value={kind}
          onChange={setKind}
        />
        <TextField
          label={t("contacts.identity_value")}
          ltr
          value={value}
          onChange={setValue}
          maxLength={254}
          autoFocus
          isRequired
        />
      </form>
      <p className="mt-2 text-xs text-ink-2">{t("contacts.identity_help")}</p>
      {failure && <Failure className="mt-3">{failure}</Failure>}
    </Dialog>
  );
}
