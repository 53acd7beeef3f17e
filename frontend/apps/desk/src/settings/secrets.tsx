import { useQuery } from "@tanstack/react-query";
import type { FlowSecret } from "@wasl/api";
import { isolate, ltr, useFormat, useT } from "@wasl/i18n";
import { Button, cardLook, Dialog, EmptyState, TextField, toast } from "@wasl/ui";
import { clsx } from "clsx";
import { LockKeyhole, Plus } from "lucide-react";
import { useState } from "react";
import { useErrorText } from "../errors.ts";
import { api } from "../ground.ts";
import { FlowLinks } from "./flow-links.tsx";
import { useKeyedName } from "./keyed-name.ts";
import { Ask, Failure, Loaded, SectionPage } from "./parts.tsx";
import { refresh } from "./queries.ts";

const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const QUERY = "flow-secrets";

/** What flows tell partners in headers: by name only, never shown again. */
export default function SecretsPage() {
  const t = useT();
  const format = useFormat();
  const named = useKeyedName();
  const secrets = useQuery({ queryKey: [QUERY], queryFn: () => api.call("GET /flows/secrets") });
  const [putting, setPutting] = useState<{ name: string | null } | null>(null);
  const [dropping, setDropping] = useState<FlowSecret | null>(null);
  const using = (dropping?.flows ?? []).map((flow) => isolate(named(flow)));
  return (
    <SectionPage
      title={t("settings.secrets")}
      lead={t("settings.secret.lead")}
      action={
        <Button kind="primary" icon={Plus} onPress={() => setPutting({ name: null })}>
          {t("settings.secret.add")}
        </Button>
      }
    >
      <Loaded query={secrets}>
        {({ items }) =>
          items.length ? (
            <ul className={clsx(cardLook, "overflow-hidden")}>
              {items.map((secret) => (
                <li
                  key={secret.name}
                  className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line/70 px-4 py-2.5 last:border-0"
                >
                  <LockKeyhole size={18} aria-hidden="true" className="shrink-0 text-ink-3" />
                  <span className="min-w-40 grow basis-0 leading-5">
                    <span className="block truncate font-medium">{ltr(secret.name)}</span>
                    <span className="block text-xs text-ink-2">
                      {t("settings.secret.changed", { at: format.dateTime(secret.changed_at) })} ·{" "}
                      <Using secret={secret} />
                    </span>
                  </span>
                  <Button size="sm" onPress={() => setPutting({ name: secret.name })}>
                    {t("settings.secret.replace")}
                  </Button>
                  <Button kind="danger-line" size="sm" onPress={() => setDropping(secret)}>
                    {t("common.delete")}
                  </Button>
                </li>
              ))}
            </ul>
          ) : (
            <EmptyState icon={LockKeyhole} title={t("settings.secret.none")}>
              {t("settings.secret.none_text")}
            </EmptyState>
          )
        }
      </Loaded>
      {putting && (
        <PutSecret
          name={putting.name}
          taken={(secrets.data?.items ?? []).map(({ name }) => name)}
          close={() => setPutting(null)}
        />
      )}
      <Ask
        title={t("settings.secret.drop_title", { name: ltr(dropping?.name ?? "") })}
        action={t("common.delete")}
        danger
        isOpen={dropping !== null}
        onClose={() => setDropping(null)}
        run={async () => {
          if (!dropping) return;
          await api.call("DELETE /flows/secrets/{name}", { path: { name: dropping.name } });
          await refresh(QUERY);
          toast(t("settings.dropped", { name: ltr(dropping.name) }));
        }}
      >
        {using.length
          ? t("settings.secret.drop_used", { flows: format.list(using) })
          : t("settings.secret.drop_text")}
      </Ask>
    </SectionPage>
  );
}

function Using({ secret }: { secret: FlowSecret }) {
  const t = useT();
  if (!secret.flows.length) return t("settings.secret.unused");
  return (
    <>
      {t("settings.secret.used")} <FlowLinks flows={secret.flows} />
    </>
  );
}

/** A new secret, or another value for the one with this name. */
function PutSecret(props: { name: string | null; taken: string[]; close: () => void }) {
  const t = useT();
  const text = useErrorText();
  const [name, setName] = useState(props.name ?? "");
  const [value, setValue] = useState("");
  const [checked, setChecked] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const isNew = props.name === null;
  const badName = !NAME.test(name)
    ? t("flows.key_wrong")
    : isNew && props.taken.includes(name)
      ? t("settings.secret.taken")
      : null;
  const put = async () => {
    setChecked(true);
    if (badName || !value) return;
    setBusy(true);
    setFailure(null);
    try {
      await api.call("PUT /flows/secrets/{name}", { path: { name }, body: { value } });
      await refresh(QUERY);
      toast(t("settings.saved", { name: ltr(name) }));
      props.close();
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={
        isNew ? t("settings.secret.add") : t("settings.secret.replace_title", { name: ltr(name) })
      }
      isOpen
      onClose={props.close}
      footer={
        <>
          <Button onPress={props.close}>{t("common.cancel")}</Button>
          <Button kind="primary" isPending={busy} type="submit" form="put-secret">
            {t("common.save")}
          </Button>
        </>
      }
    >
      <form
        id="put-secret"
        noValidate
        autoComplete="off"
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void put();
        }}
      >
        {isNew && (
          <TextField
            label={t("settings.secret.name")}
            description={t("settings.secret.name_about", {
              sample: ltr(`{{secret.${name || "erp"}}}`),
            })}
            ltr
            value={name}
            onChange={setName}
            error={checked ? badName : null}
            maxLength={40}
            autoFocus
            isRequired
          />
        )}
        <TextField
          label={t("settings.secret.value")}
          description={t("settings.secret.value_about")}
          type="password"
          autoComplete="new-password"
          ltr
          value={value}
          onChange={setValue}
          error={checked && !value ? t("settings.fault.required") : null}
          maxLength={4000}
          autoFocus={!isNew}
          isRequired
        />
        {failure && <Failure>{failure}</Failure>}
      </form>
    </Dialog>
  );
}
