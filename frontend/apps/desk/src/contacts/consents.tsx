import type { Consent, Contact } from "@wasl/api";
import { useFormat, useHasText, useT } from "@wasl/i18n";
import { Select } from "@wasl/ui";
import { Ban, Check, Minus } from "lucide-react";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useKindName } from "../settings/channels/names.ts";
import { useChannels } from "../settings/queries.ts";
import { keepContact } from "./contact.tsx";
import { useIdentityKindName } from "./identity.tsx";
import { Nothing, Panel } from "./panel.tsx";

const PURPOSES = ["service", "marketing"] as const;

/** What they prefer, and what they allowed: service and marketing apart, each with its source. */
export function Consents({ contact }: { contact: Contact }) {
  const t = useT();
  const kinds = [...new Set(contact.consents.map(({ kind }) => kind))];
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

function Row({ kind, consents }: { kind: string; consents: Consent[] }) {
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
          <Answer consent={consents.find((each) => each.purpose === purpose)} />
        </td>
      ))}
    </tr>
  );
}

/** A check, a barred circle or nothing said: no colour. */
function Answer({ consent }: { consent: Consent | undefined }) {
  const t = useT();
  const [Icon, words] = !consent
    ? [Minus, "contacts.not_asked"]
    : consent.allowed
      ? [Check, "contacts.allowed"]
      : [Ban, "contacts.refused"];
  return (
    <Icon
      size={15}
      role="img"
      aria-label={t(words)}
      className={`mx-auto ${consent ? "text-ink" : "text-ink-3"}`}
    />
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
