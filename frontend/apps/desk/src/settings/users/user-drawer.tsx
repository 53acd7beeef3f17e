import type { Role, User } from "@wasl/api";
import { isolate, LANGUAGE_NAMES, LANGUAGES, type Language, useLocale, useT } from "@wasl/i18n";
import { Button, Select, TextField, toast } from "@wasl/ui";
import { KeyRound, UserCheck, UserX } from "lucide-react";
import { useState } from "react";
import { useErrorToast } from "../../errors.ts";
import { api } from "../../ground.ts";
import { useMe } from "../../me.ts";
import { EditDrawer } from "../edit-drawer.tsx";
import { Ask, CopyText } from "../parts.tsx";
import { refresh } from "../queries.ts";

const ROLES: readonly Role[] = ["agent", "supervisor", "administrator"];
const EMAIL = /^[^@\s]+@[^@\s]+$/;

const LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/** A first password that can be read aloud: no letters that look alike; about 93 bits. */
function madePassword(): string {
  const drawn = crypto.getRandomValues(new Uint32Array(16));
  const text = [...drawn].map((n) => LETTERS[n % LETTERS.length]).join("");
  return (text.match(/.{4}/g) ?? []).join("-");
}

export function UserDrawer({ user, close }: { user: User | null; close: () => void }) {
  const t = useT();
  const { language } = useLocale();
  const saved = {
    name: user?.name ?? "",
    email: user?.email ?? "",
    role: user?.role ?? ("agent" as Role),
    locale: user?.locale ?? language,
  };
  const [draft, setDraft] = useState(saved);
  const [password] = useState(() => (user ? "" : madePassword()));
  const [checked, setChecked] = useState(false);
  const set = (change: Partial<typeof saved>) => setDraft((d) => ({ ...d, ...change }));
  const missing = checked && !draft.name.trim() ? t("settings.fault.required") : null;
  const badEmail =
    checked && !EMAIL.test(draft.email.trim()) ? t("settings.user.email_wrong") : null;

  return (
    <EditDrawer
      title={user ? user.name : t("settings.user.add")}
      changed={JSON.stringify(draft) !== JSON.stringify(saved)}
      close={close}
      check={() => {
        setChecked(true);
        return Boolean(draft.name.trim()) && (user !== null || EMAIL.test(draft.email.trim()));
      }}
      save={async () => {
        const { name, role, locale } = draft;
        if (user)
          await api.call("PATCH /users/{id}", { path: { id: user.id }, body: { name, role } });
        else
          await api.call("POST /users", {
            body: { name, role, locale, email: draft.email.trim(), password },
          });
        await refresh("users");
        return name;
      }}
    >
      <TextField
        label={t("settings.user.name")}
        value={draft.name}
        onChange={(name) => set({ name })}
        error={missing}
        maxLength={120}
        isRequired
      />
      <TextField
        label={t("settings.user.email")}
        type="email"
        ltr
        value={draft.email}
        onChange={(email) => set({ email })}
        error={badEmail}
        maxLength={254}
        isRequired
        isDisabled={user !== null}
      />
      <Select
        label={t("settings.user.role")}
        items={ROLES.map((id) => ({
          id,
          label: t(`settings.role.${id}`),
          description: t(`settings.role.${id}_help`),
        }))}
        value={draft.role}
        onChange={(role) => set({ role: role as Role })}
        description={t(`settings.role.${draft.role}_help`)}
      />
      {user ? (
        <UserActions user={user} />
      ) : (
        <>
          <Select
            label={t("settings.profile.language")}
            items={LANGUAGES.map((id) => ({ id, label: LANGUAGE_NAMES[id] }))}
            value={draft.locale}
            onChange={(locale) => set({ locale: locale as Language })}
          />
          <FirstPassword password={password} />
        </>
      )}
    </EditDrawer>
  );
}

function FirstPassword({ password }: { password: string }) {
  const t = useT();
  return (
    <div>
      <h3 className="mb-1 text-[13px] font-medium">{t("settings.user.first_password")}</h3>
      <CopyText label={t("settings.user.first_password")} text={password} />
      <p className="mt-1 text-xs text-ink-2">{t("settings.user.first_password_help")}</p>
    </div>
  );
}

function UserActions({ user }: { user: User }) {
  const t = useT();
  const me = useMe().user.id;
  const failed = useErrorToast();
  const [given, setGiven] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const setDisabled = async (disabled: boolean) => {
    await api.call("PATCH /users/{id}", { path: { id: user.id }, body: { disabled } });
    await refresh("users");
  };
  const disable = async (disabled: boolean) => {
    await setDisabled(disabled);
    toast(
      t(disabled ? "settings.user.now_disabled" : "settings.user.now_enabled", {
        name: isolate(user.name),
      }),
      {
        action: {
          label: t("settings.undo"),
          run: () => void setDisabled(!disabled).catch(failed),
        },
      },
    );
  };
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      {given && <FirstPassword password={given} />}
      <div className="flex flex-wrap gap-2">
        <Button icon={KeyRound} onPress={() => setAsked(true)}>
          {t("settings.user.reset")}
        </Button>
        {user.id !== me &&
          (user.disabled ? (
            <Button icon={UserCheck} onPress={() => void disable(false).catch(failed)}>
              {t("settings.user.enable")}
            </Button>
          ) : (
            <Button
              kind="danger-line"
              icon={UserX}
              onPress={() => void disable(true).catch(failed)}
            >
              {t("settings.user.disable")}
            </Button>
          ))}
      </div>
      <Ask
        title={t("settings.user.reset_title", { name: isolate(user.name) })}
        action={t("settings.user.reset")}
        isOpen={asked}
        onClose={() => setAsked(false)}
        run={async () => {
          const password = madePassword();
          await api.call("POST /users/{id}/password", {
            path: { id: user.id },
            body: { password },
          });
          setGiven(password);
        }}
      >
        {t("settings.user.reset_text")}
      </Ask>
    </div>
  );
}
