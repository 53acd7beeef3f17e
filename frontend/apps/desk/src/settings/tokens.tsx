import { useQuery } from "@tanstack/react-query";
import type { ApiToken } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { Button, cardLook, Dialog, EmptyState, TextField, toast } from "@wasl/ui";
import { clsx } from "clsx";
import { KeyRound, Plus, ShieldAlert } from "lucide-react";
import { useState } from "react";
import { useErrorText } from "../errors.ts";
import { api } from "../ground.ts";
import { Ask, CopyText, Failure, Loaded, SectionPage } from "./parts.tsx";
import { refresh } from "./queries.ts";

export default function TokensPage() {
  const t = useT();
  const format = useFormat();
  const tokens = useQuery({
    queryKey: ["api-tokens"],
    queryFn: () => api.call("GET /api-tokens"),
  });
  const [adding, setAdding] = useState(false);
  const [dropping, setDropping] = useState<ApiToken | null>(null);
  const used = (token: ApiToken) =>
    token.last_used_at
      ? t("settings.token.used", { at: format.dateTime(token.last_used_at) })
      : t("settings.token.never_used");

  return (
    <SectionPage
      title={t("settings.tokens")}
      lead={t("settings.token.lead")}
      action={
        <Button kind="primary" icon={Plus} onPress={() => setAdding(true)}>
          {t("settings.token.add")}
        </Button>
      }
    >
      <Loaded query={tokens}>
        {(found) =>
          found.length ? (
            <ul className={clsx(cardLook, "overflow-hidden")}>
              {found.map((token) => (
                <li
                  key={token.id}
                  className="flex items-center gap-3 border-b border-line/70 px-4 py-2.5 last:border-0"
                >
                  <KeyRound size={18} aria-hidden="true" className="shrink-0 text-ink-3" />
                  <span className="min-w-0 grow leading-5">
                    <span dir="auto" className="bidi-line block truncate font-medium">
                      {token.name}
                    </span>
                    <span className="block text-xs text-ink-3">
                      {t("settings.token.made", { at: format.date(token.created_at) })} ·{" "}
                      {used(token)}
                    </span>
                  </span>
                  <Button kind="danger-line" size="sm" onPress={() => setDropping(token)}>
                    {t("settings.token.drop")}
                  </Button>
                </li>
              ))}
            </ul>
          ) : (
            <EmptyState icon={KeyRound} title={t("settings.token.none")}>
              {t("settings.token.none_text")}
            </EmptyState>
          )
        }
      </Loaded>
      <AddToken key={String(adding)} isOpen={adding} close={() => setAdding(false)} />
      <Ask
        title={t("settings.token.drop_title", { name: isolate(dropping?.name ?? "") })}
        action={t("settings.token.drop")}
        danger
        isOpen={dropping !== null}
        onClose={() => setDropping(null)}
        run={async () => {
          if (!dropping) return;
          await api.call("DELETE /api-tokens/{id}", { path: { id: dropping.id } });
          await refresh("api-tokens");
          toast(t("settings.token.dropped", { name: isolate(dropping.name) }));
        }}
      >
        {t("settings.token.drop_text")}
      </Ask>
    </SectionPage>
  );
}

/** Its text is shown once, here; the server keeps only a fingerprint. */
function AddToken({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const t = useT();
  const text = useErrorText();
  const [name, setName] = useState("");
  const [token, setToken] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const add = async () => {
    if (!name.trim()) return setFailure(t("settings.token.name_missing"));
    setBusy(true);
    setFailure(null);
    try {
      setToken((await api.call("POST /api-tokens", { body: { name: name.trim() } })).token);
      await refresh("api-tokens");
    } catch (error) {
      setFailure(text(error));
    }
    setBusy(false);
  };
  return (
    <Dialog
      title={t("settings.token.add")}
      isOpen={isOpen}
      onClose={close}
      footer={
        token ? (
          <Button kind="primary" onPress={close}>
            {t("settings.token.done")}
          </Button>
        ) : (
          <>
            <Button onPress={close}>{t("common.cancel")}</Button>
            <Button kind="primary" isPending={busy} onPress={() => void add()}>
              {t("settings.token.make")}
            </Button>
          </>
        )
      }
    >
      {token ? (
        <div role="status">
          <p className="mb-2 flex items-start gap-2 text-sm">
            <ShieldAlert
              size={16}
              aria-hidden="true"
              className="mt-0.5 shrink-0 text-accent-text"
            />
            {t("settings.token.once")}
          </p>
          <CopyText label={t("settings.token.token")} text={token} />
        </div>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <TextField
            label={t("settings.token.name")}
            description={t("settings.token.name_help")}
            value={name}
            onChange={setName}
            maxLength={120}
            autoFocus
            isRequired
          />
        </form>
      )}
      {failure && <Failure className="mt-3">{failure}</Failure>}
    </Dialog>
  );
}
