import { useMutation } from "@tanstack/react-query";
import { LANGUAGE_NAMES, LANGUAGES, useLocale, useT } from "@wasl/i18n";
import { Button, IconButton, Ltr, Mark, MenuButton, TextField } from "@wasl/ui";
import { ChevronDown, Eye, EyeOff, Languages, Lock, Mail } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useErrorText } from "../errors.ts";
import { api } from "../ground.ts";
import { setMe } from "../me.ts";
import { usePreferences } from "../preferences.tsx";
import type { Credentials } from "./demo.ts";
import { DemoPeople } from "./demo-people.tsx";

export function SignIn() {
  const t = useT();
  return (
    <div className="flex min-h-dvh flex-col px-6">
      <header className="flex items-center justify-between py-6">
        <span className="flex items-center gap-2.5 text-2xl font-semibold">
          <span className="grid size-9 place-items-center rounded-xl bg-accent text-accent-ink">
            <Mark size={24} />
          </span>
          {t("shell.app")}
        </span>
        <LanguageSwitch />
      </header>
      <main className="grid grow grid-cols-1 place-items-center pb-24">
        <SignInForm />
      </main>
    </div>
  );
}

function LanguageSwitch() {
  const t = useT();
  const { language } = useLocale();
  const { setLanguage } = usePreferences();
  return (
    <MenuButton
      label={t("shell.language")}
      actions={LANGUAGES.map((choice) => ({
        id: choice,
        label: LANGUAGE_NAMES[choice],
        choice: t("shell.language"),
        selected: choice === language,
        run: () => setLanguage(choice),
      }))}
      trigger={
        <AriaButton className="flex h-9 items-center gap-1.5 rounded-lg px-2.5 text-[13px] text-ink-2 data-hovered:bg-surface">
          <Languages size={15} aria-hidden="true" />
          {LANGUAGE_NAMES[language]}
          <ChevronDown size={14} aria-hidden="true" />
        </AriaButton>
      }
    />
  );
}

/** A refusal never says which of the two was wrong; the address stays, the password is focused. */
function SignInForm() {
  const t = useT();
  const errorText = useErrorText();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const [missing, setMissing] = useState<"email" | "password" | null>(null);
  const emailField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  const signIn = useMutation({
    mutationFn: (body: Credentials) => api.call("POST /sign-in", { body }),
    onSuccess: setMe,
    onError: () => passwordField.current?.select(),
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const lacking = !email.trim() ? "email" : !password ? "password" : null;
    setMissing(lacking);
    if (lacking) (lacking === "email" ? emailField : passwordField).current?.focus();
    else signIn.mutate({ email: email.trim(), password });
  };
  const passwordError =
    missing === "password"
      ? t("sign_in.password_missing")
      : signIn.isError
        ? errorText(signIn.error)
        : null;

  return (
    <form
      noValidate
      onSubmit={submit}
      className="flex w-full max-w-98 flex-col gap-4 rounded-2xl border border-line bg-surface p-6 shadow-card"
    >
      <div>
        <h1 className="text-xl font-semibold">{t("sign_in.title")}</h1>
        <p className="mt-0.5 text-[13px] text-ink-2">
          {t("sign_in.place")} · <Ltr>{location.host}</Ltr>
        </p>
      </div>
      <TextField
        label={t("sign_in.email")}
        icon={Mail}
        type="email"
        name="email"
        autoComplete="username"
        autoFocus
        ltr
        value={email}
        onChange={setEmail}
        inputRef={emailField}
        error={missing === "email" ? t("sign_in.email_missing") : null}
      />
      <TextField
        label={t("sign_in.password")}
        icon={Lock}
        type={shown ? "text" : "password"}
        name="password"
        autoComplete="current-password"
        ltr
        value={password}
        onChange={setPassword}
        inputRef={passwordField}
        error={passwordError}
        end={
          <IconButton
            icon={shown ? EyeOff : Eye}
            label={t(shown ? "sign_in.hide_password" : "sign_in.show_password")}
            onPress={() => setShown(!shown)}
            className="me-1"
          />
        }
      />
      <Button type="submit" kind="primary" size="lg" isPending={signIn.isPending} className="mt-1">
        {t("sign_in.submit")}
      </Button>
      <DemoPeople isDisabled={signIn.isPending} onChoose={signIn.mutate} />
    </form>
  );
}
