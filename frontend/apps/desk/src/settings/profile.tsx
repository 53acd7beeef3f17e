import type { Theme, User } from "@wasl/api";
import {
  type CalendarName,
  type Digits,
  LANGUAGE_NAMES,
  LANGUAGES,
  type Language,
  useFormat,
  useT,
  usualLocale,
} from "@wasl/i18n";
import { Button, Select, Switch, TextField, toast } from "@wasl/ui";
import { Check, KeyRound } from "lucide-react";
import { useState } from "react";
import { type DeviceSwitch, useDeviceSwitch } from "../device.ts";
import { useErrorText, useErrorToast } from "../errors.ts";
import { api, forgetPerson } from "../ground.ts";
import { setMe, useMe } from "../me.ts";
import { usePreferences } from "../preferences.tsx";
import { Card, Failure, SectionPage, useLeaveGuard } from "./parts.tsx";

const CALENDARS: readonly CalendarName[] = ["gregory", "persian", "islamic-umalqura"];
const DIGITS: readonly Digits[] = ["latn", "arabext", "arab"];
const THEMES: readonly Theme[] = ["system", "light", "dark"];
const SHORTEST_PASSWORD = 8;

export default function ProfilePage() {
  const t = useT();
  return (
    <SectionPage title={t("settings.profile")} lead={t("settings.profile.lead")}>
      <Reading />
      <AboutMe />
      <ThisDevice />
      <Password />
    </SectionPage>
  );
}

/** Language, calendar, digits and appearance: felt at once, so there is nothing to save. */
function Reading() {
  const t = useT();
  const format = useFormat();
  const { user } = useMe();
  const { setTheme } = usePreferences();
  const change = useChangeMe();
  const now = Date.now();
  return (
    <Card title={t("settings.profile.reading")}>
      <div className="grid gap-4 p-4 sm:grid-cols-2">
        <Select
          label={t("settings.profile.language")}
          items={LANGUAGES.map((id) => ({ id, label: LANGUAGE_NAMES[id] }))}
          value={user.locale}
          onChange={(locale) => {
            const { calendar, digits } = usualLocale(locale as Language);
            change({ locale: locale as Language, calendar, digits });
          }}
        />
        <Select
          label={t("settings.profile.theme")}
          items={THEMES.map((id) => ({ id, label: t(`shell.theme_${id}`) }))}
          value={user.theme}
          onChange={(theme) => setTheme(theme as Theme)}
        />
        <Select
          label={t("settings.profile.calendar")}
          items={CALENDARS.map((id) => ({ id, label: t(`settings.calendar.${id}`) }))}
          value={user.calendar}
          onChange={(calendar) => change({ calendar: calendar as CalendarName })}
        />
        <Select
          label={t("settings.profile.digits")}
          items={DIGITS.map((id) => ({ id, label: t(`settings.digits.${id}`) }))}
          value={user.digits}
          onChange={(digits) => change({ digits: digits as Digits })}
        />
        <p className="rounded-lg bg-sunken px-3 py-2 text-[13px] text-ink-2 sm:col-span-2">
          {t("settings.profile.sample", {
            weekday: format.weekday(now),
            date: format.date(now),
            time: format.time(now),
            number: format.number(12_345),
          })}
        </p>
      </div>
    </Card>
  );
}

function useChangeMe() {
  const me = useMe();
  const failed = useErrorToast();
  return (change: Partial<User>) => {
    setMe({ ...me, user: { ...me.user, ...change } });
    void api.call("PATCH /me", { body: change }).catch((error) => {
      setMe(me);
      failed(error);
    });
  };
}

function AboutMe() {
  const t = useT();
  const text = useErrorText();
  const { user } = useMe();
  const [draft, setDraft] = useState({ name: user.name, signature: user.signature });
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const changed = draft.name !== user.name || draft.signature !== user.signature;
  const guard = useLeaveGuard(changed);
  const missing = !draft.name.trim();
  const save = async () => {
    if (missing) return;
    setBusy(true);
    setFailure(null);
    try {
      setMe(await api.call("PATCH /me", { body: { ...draft, name: draft.name.trim() } }));
      setDraft((d) => ({ ...d, name: d.name.trim() }));
      toast(t("settings.profile.saved"));
    } catch (error) {
      setFailure(text(error));
    }
    setBusy(false);
  };
  return (
    <Card title={t("settings.profile.about")}>
      <form
        className="flex flex-col gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label={t("settings.user.name")}
          description={t("settings.profile.name_help")}
          value={draft.name}
          onChange={(name) => setDraft((d) => ({ ...d, name }))}
          error={missing ? t("settings.fault.required") : null}
          maxLength={120}
          isRequired
        />
        <TextField
          label={t("settings.profile.signature")}
          description={t("settings.profile.signature_help")}
          rows={4}
          value={draft.signature}
          onChange={(signature) => setDraft((d) => ({ ...d, signature }))}
          maxLength={2000}
        />
        {failure && <Failure>{failure}</Failure>}
        <Button
          kind="primary"
          type="submit"
          icon={Check}
          isPending={busy}
          isDisabled={!changed || missing}
          className="self-end"
        >
          {t("common.save")}
        </Button>
      </form>
      {guard.question}
    </Card>
  );
}

function ThisDevice() {
  const t = useT();
  return (
    <Card title={t("settings.profile.device")}>
      <div className="flex flex-col gap-4 p-4">
        <DeviceToggle name="sound" />
        <DeviceToggle name="notifications" />
        <DeviceToggle name="single_keys" />
      </div>
    </Card>
  );
}

const mayNotify = () => "Notification" in window && Notification.permission === "granted";

function DeviceToggle({ name }: { name: DeviceSwitch }) {
  const t = useT();
  const [wanted, set] = useDeviceSwitch(name);
  const [refused, setRefused] = useState(false);
  const on = wanted && (name !== "notifications" || mayNotify());
  const change = async (wanted: boolean) => {
    if (name === "notifications" && wanted && "Notification" in window) {
      const answer = await Notification.requestPermission();
      setRefused(answer !== "granted");
      if (answer !== "granted") return;
    }
    set(wanted);
  };
  return (
    <div>
      <Switch isSelected={on} onChange={(wanted) => void change(wanted)}>
        <span>
          <span className="block font-medium">{t(`settings.profile.${name}`)}</span>
          <span className="block text-xs text-ink-2">{t(`settings.profile.${name}_help`)}</span>
        </span>
      </Switch>
      {refused && <Failure className="mt-2">{t("settings.profile.notifications_refused")}</Failure>}
    </div>
  );
}

function Password() {
  const t = useT();
  const text = useErrorText();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const short = fresh.length > 0 && [...fresh].length < SHORTEST_PASSWORD;
  const change = async () => {
    if (!old || !fresh || short) return;
    setBusy(true);
    setFailure(null);
    try {
      await api.call("POST /me/password", { body: { old, new: fresh } });
      toast(t("settings.profile.password_changed"));
      forgetPerson();
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };
  return (
    <Card title={t("settings.profile.password")}>
      <form
        className="grid gap-4 p-4 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <TextField
          label={t("settings.profile.password_old")}
          type="password"
          ltr
          autoComplete="current-password"
          value={old}
          onChange={setOld}
          maxLength={200}
        />
        <TextField
          label={t("settings.profile.password_new")}
          type="password"
          ltr
          autoComplete="new-password"
          value={fresh}
          onChange={setFresh}
          maxLength={200}
          description={t("settings.profile.password_help", { n: SHORTEST_PASSWORD })}
          error={short ? t("settings.fault.too_short", { n: SHORTEST_PASSWORD }) : null}
        />
        {failure && <Failure className="sm:col-span-2">{failure}</Failure>}
        <p className="text-xs text-ink-2">{t("settings.profile.password_ends")}</p>
        <Button
          type="submit"
          icon={KeyRound}
          isPending={busy}
          isDisabled={!old || !fresh || short}
          className="justify-self-end"
        >
          {t("settings.profile.password_change")}
        </Button>
      </form>
    </Card>
  );
}
