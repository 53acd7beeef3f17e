import type { Theme } from "@wasl/api";
import {
  isLanguage,
  type Language,
  type Locale,
  LocaleProvider,
  loadAllMessages,
  loadMessages,
  type Messages,
  preferredLanguage,
  usualLocale,
} from "@wasl/i18n";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { api } from "./ground.ts";
import { setMe, useMeQuery } from "./me.ts";

/** Language and appearance: the person's once they are known, else this device's. */
interface Preferences {
  theme: Theme;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
}
const PreferencesContext = createContext<Preferences | null>(null);

export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext);
  if (!preferences) throw new Error("usePreferences needs PreferencesProvider above it");
  return preferences;
}

const LANGUAGE_KEY = "wasl.language";
const THEME_KEY = "wasl.theme";

function deviceLanguage(): Language {
  const kept = localStorage.getItem(LANGUAGE_KEY);
  return isLanguage(kept) ? kept : preferredLanguage(navigator.languages);
}

function useDark(theme: Theme) {
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const apply = () =>
      document.documentElement.classList.toggle(
        "dark",
        theme === "dark" || (theme === "system" && system.matches),
      );
    apply();
    system.addEventListener("change", apply);
    return () => system.removeEventListener("change", apply);
  }, [theme]);
}

interface Loaded {
  locale: Locale;
  messages: Messages;
  complete: boolean;
}

let tellComplete: () => void = () => undefined;
/** Resolves once the texts of the pages beyond the first one are here. */
export const allTexts = new Promise<void>((resolve) => {
  tellComplete = resolve;
});

/** The first page's texts at once, then all; a later change of language comes in one piece. */
function useMessages(locale: Locale): Loaded | null {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    let current = true;
    const show = (messages: Messages, complete: boolean) => {
      if (current)
        setLoaded((l) => (l?.complete && !complete ? l : { locale, messages, complete }));
    };
    void loadMessages(locale.language)
      .then((messages) => show(messages, false))
      .then(() => loadAllMessages(locale.language))
      .then((messages) => show(messages, true));
    return () => {
      current = false;
    };
  }, [locale]);
  useEffect(() => {
    if (loaded?.complete) tellComplete();
  }, [loaded]);
  return loaded;
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const { data: me, isPending } = useMeQuery();
  const [device, setDevice] = useState({
    locale: usualLocale(deviceLanguage()),
    theme: (localStorage.getItem(THEME_KEY) ?? "system") as Theme,
  });
  const user = me?.user;
  const theme = user?.theme ?? device.theme;
  const locale: Locale = useMemo(
    () =>
      user
        ? { language: user.locale, calendar: user.calendar, digits: user.digits }
        : device.locale,
    [user, device.locale],
  );
  const loaded = useMessages(locale);
  useDark(theme);

  const preferences = useMemo<Preferences>(
    () => ({
      theme,
      setLanguage(language) {
        const next = usualLocale(language);
        localStorage.setItem(LANGUAGE_KEY, language);
        setDevice((d) => ({ ...d, locale: next }));
        if (!me) return;
        setMe({
          ...me,
          user: { ...me.user, locale: language, calendar: next.calendar, digits: next.digits },
        });
        void api
          .call("PATCH /me", {
            body: { locale: language, calendar: next.calendar, digits: next.digits },
          })
          .catch(() => setMe(me));
      },
      setTheme(next) {
        localStorage.setItem(THEME_KEY, next);
        setDevice((d) => ({ ...d, theme: next }));
        if (!me) return;
        setMe({ ...me, user: { ...me.user, theme: next } });
        void api.call("PATCH /me", { body: { theme: next } }).catch(() => setMe(me));
      },
    }),
    [theme, me],
  );

  // The first paint waits for who it is: no flash of another language.
  if (isPending || !loaded) return null;
  return (
    <PreferencesContext value={preferences}>
      <LocaleProvider locale={loaded.locale} messages={loaded.messages}>
        {children}
      </LocaleProvider>
    </PreferencesContext>
  );
}
