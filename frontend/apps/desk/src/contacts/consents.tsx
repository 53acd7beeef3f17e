import type { Consent, Contact } from "@wasl/api";
import { useFormat, useHasText, useT } from "@wasl/i18n";
import { Select, toast } from "@wasl/ui";
import { Ban, Check, Minus } from "lucide-react";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useMe } from "../me.ts";
import { useKindName } from "../settings/channels/names.ts";
import { useChannels } from "../settings/queries.ts";
import { keepContact } from "./contact.tsx";
import { useIdentityKindName } from "./identity.tsx";
import { Nothing, Panel } from "./panel.tsx";

const PURPOSES = ["service", "marketing"] as const;

/** What they prefer, and what they allowed: service and marketing apart, each with its source. */
export function Consents({ contact }: { contact: Contact }) {
  const t = useT();
  const kinds = [
    ...new Set([...contact.identities, ...contact.consents].map(({ kind }) => kind)),
  ].sort();
  return (
    <Panel title={t("contacts.preferences")}>
      <Preferred contact={contact} />
      {kinds.length ? (
        <table className="w-full border-t border-line text-[13px]">
          <caption className="sr-only">{t("contacts.consents")}</caption>
          <thead className="bg-raised text-2xs text-ink-3">
            <tr>
              <th scope="col" className="px-4 py-1.5 text-start font-normal">
                {t("contacts.way")}
              </th>
              {PURPOSES.map((purpose) => (
                <th key={purpose} scope="col" className="w-16 px-1 py-1.5 font-normal last:pe-4">
                  {t(`contacts.purpose_${purpose}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {kinds.map((kind) => (
              <Row
                key={kind}
                kind={kind}
                contact={contact}
                consents={contact.consents.filter((each) => each.kind === kind)}
              />
            ))}
          </tbody>
        </table>
      ) : (
        <div className="border-t border-line/70">
          <Nothing>{t("contacts.consents_none")}</Nothing>
        </div>
      )}
    </Panel>
  );
}

function Row(props: { kind: string; contact: Contact; consents: Consent[] }) {
  const { kind, contact, consents } = props;
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const name = useIdentityKindName();
  const source = ({ source, purpose, at }: Consent) => {
    const key = `contacts.source.${source}`;
    return t("contacts.consent_source", {
      purpose: t(`contacts.purpose_${purpose}`),
      source: has(key) ? t(key) : source,
      at: format.age(at, Date.now()),
    });
  };
  return (
    <tr className="border-t border-line/70">
      <th scope="row" className="px-4 py-2 text-start font-normal">
        <span className="block font-medium">{name(kind)}</span>
        {consents.map((each) => (
          <span key={each.purpose} className="block text-2xs text-ink-3">
            {source(each)}
          </span>
        ))}
      </th>
      {PURPOSES.map((purpose) => (
        <td key={purpose} className="px-1 py-2 last:pe-4">
          <Answer
            contact={contact}
            kind={kind}
            purpose={purpose}
            consent={consents.find((each) => each.purpose === purpose)}
          />
        </td>
      ))}
    </tr>
  );
}

/** A check, a barred circle or nothing said: no colour. Pressing it changes the answer. */
function Answer(props: {
  contact: Contact;
  kind: string;
  purpose: Consent["purpose"];
  consent: Consent | undefined;
}) {
  const { contact, kind, purpose, consent } = props;
  const t = useT();
  const failed = useErrorToast();
  const name = useIdentityKindName();
  const { permissions } = useMe();
  const [Icon, words] = !consent
    ? [Minus, "contacts.not_asked"]
    : consent.allowed
      ? [Check, "contacts.allowed"]
      : [Ban, "contacts.refused"];
  const look = `mx-auto ${consent ? "text-ink" : "text-ink-3"}`;
  if (!permissions.includes("contacts.write"))
    return <Icon size={15} role="img" aria-label={t(words)} className={look} />;

  const set = (allowed: boolean | null, then?: () => void) =>
    void api
      .call("PUT /contacts/{id}/consents", {
        path: { id: contact.id },
        body: { kind, purpose, allowed },
      })
      .then((kept) => {
        keepContact({ ...contact, ...kept });
        then?.();
      }, failed);
  const what = { way: name(kind), purpose: t(`contacts.purpose_${purpose}`) };
  return (
    <button
      type="button"
      aria-label={t("contacts.consent_change", { ...what, answer: t(words) })}
      title={t(words)}
      onClick={() => {
        const before = consent?.allowed ?? null;
        const allowed = before !== true;
        set(allowed, () =>
          toast(t(allowed ? "contacts.consent_allowed" : "contacts.consent_refused", what), {
            action: { label: t("desk.undo"), run: () => set(before) },
          }),
        );
      }}
      className="mx-auto grid size-8 place-items-center rounded-lg hover:bg-sunken"
    >
      <Icon size={15} aria-hidden="true" className={look} />
    </button>
  );
}

function Preferred({ contact }: { contact: Contact }) {
  const t = useT();
  const failed = useErrorToast();
  const kindName = useKindName();
  const channels = useChannels();
  const kinds = [
    ...new Set([
      ...(channels.data ?? []).map(({ kind }) => kind),
      ...(contact.preferred_channel ? [contact.preferred_channel] : []),
    ]),
  ];
  const prefer = (kind: string) =>
    void api
      .call("PATCH /contacts/{id}", {
        path: { id: contact.id },
        body: { preferred_channel: kind === NONE ? "" : kind },
      })
      .then((kept) => keepContact({ ...contact, ...kept }), failed);
  return (
    <Select
      label={t("contacts.preferred")}
      items={[
        { id: NONE, label: t("contacts.no_preference") },
        ...kinds.map((id) => ({ id, label: kindName(id) })),
      ]}
      value={contact.preferred_channel || NONE}
      onChange={prefer}
      className="px-4 py-3"
    />
  );
}
const NONE = "none";
