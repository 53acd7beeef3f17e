import type { Contact, ContactRow, Identity } from "@wasl/api";
import { isolate, useT } from "@wasl/i18n";
import { Avatar, Button, Dialog, TextField, toast } from "@wasl/ui";
import { ArrowDown, Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Button as Press } from "react-aria-components";
import { useErrorText, useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { Failure } from "../settings/parts.tsx";
import { keepContact, refreshContacts } from "./contact.tsx";
import { IdentityBadge, IdentityValue } from "./identity.tsx";
import { useContactSearch } from "./list.tsx";

/** Two contacts side by side: which stays, which goes into it. The last step can be undone. */
export function MergeDialog(props: {
  contact: Contact;
  other: ContactRow | null;
  isOpen: boolean;
  close: () => void;
}) {
  const { contact, close } = props;
  const t = useT();
  const text = useErrorText();
  const failed = useErrorToast();
  const [other, setOther] = useState(props.other);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const path = { id: contact.id };
  const merge = async (gone: ContactRow) => {
    setBusy(true);
    setFailure(null);
    const body = { other_id: gone.id };
    try {
      keepContact(await api.call("POST /contacts/{id}/merge", { path, body }));
      await refreshContacts();
      toast(t("contacts.merged", { name: isolate(gone.name) }), {
        action: {
          label: t("settings.undo"),
          run: () =>
            void api
              .call("POST /contacts/{id}/unmerge", { path, body })
              .then(refreshContacts, failed),
        },
      });
      close();
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t("contacts.merge_title")}
      isOpen={props.isOpen}
      onClose={close}
      footer={
        other && (
          <>
            <Button onPress={() => (props.other ? close() : setOther(null))}>
              {t(props.other ? "common.cancel" : "common.back")}
            </Button>
            <Button kind="primary" isPending={busy} onPress={() => void merge(other)}>
              {t("contacts.merge")}
            </Button>
          </>
        )
      }
    >
      {other ? (
        <>
          <Side words={t("contacts.goes_in")} name={other.name} identities={other.identities} />
          <ArrowDown size={18} aria-hidden="true" className="mx-auto my-2 text-ink-3" />
          <Side words={t("contacts.stays")} name={contact.name} identities={contact.identities} />
          <p className="mt-3 text-[13px] text-ink-2">{t("contacts.merge_text")}</p>
          {failure && <Failure className="mt-3">{failure}</Failure>}
        </>
      ) : (
        <ChooseOther contact={contact} choose={setOther} />
      )}
    </Dialog>
  );
}

function Side(props: { words: string; name: string; identities: Identity[] }) {
  const t = useT();
  const name = props.name || t("contacts.nameless");
  return (
    <section className="rounded-xl border border-line p-3">
      <p className="text-xs text-ink-3">{props.words}</p>
      <div className="mt-1 flex items-center gap-3">
        <Avatar name={name} size={32} />
        <span dir="auto" className="bidi-line truncate font-medium">
          {name}
        </span>
      </div>
      <ul className="mt-2 flex flex-col gap-1">
        {props.identities.map((identity) => (
          <li key={identity.id} className="flex items-center gap-2 text-[13px] text-ink-2">
            <IdentityBadge kind={identity.kind} size={18} />
            <IdentityValue identity={identity} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ChooseOther(props: { contact: Contact; choose: (row: ContactRow) => void }) {
  const t = useT();
  const [wanted, setWanted] = useState("");
  const found = useContactSearch(useDeferredValue(wanted.trim()));
  const rows = (found.data?.pages[0]?.items ?? []).filter(({ id }) => id !== props.contact.id);
  return (
    <>
      <TextField
        label={t("contacts.merge_with")}
        type="search"
        icon={Search}
        placeholder={t("contacts.search")}
        value={wanted}
        onChange={setWanted}
        maxLength={200}
        autoFocus
      />
      <ul className="mt-2 flex max-h-72 min-h-24 flex-col overflow-y-auto">
        {rows.slice(0, 20).map((row) => (
          <li key={row.id}>
            <Press
              onPress={() => props.choose(row)}
              className="flex w-full items-center gap-3 rounded-lg px-2 py-1.5 text-start data-hovered:bg-sunken"
            >
              <Avatar name={row.name} size={32} />
              <span className="min-w-0 leading-4.5">
                <span dir="auto" className="bidi-line block truncate font-medium">
                  {row.name || t("contacts.nameless")}
                </span>
                {row.identities[0] && (
                  <IdentityValue identity={row.identities[0]} className="text-xs text-ink-3" />
                )}
              </span>
            </Press>
          </li>
        ))}
        {found.data && rows.length === 0 && (
          <li className="py-4 text-center text-[13px] text-ink-2">{t("settings.nothing_found")}</li>
        )}
      </ul>
    </>
  );
}
