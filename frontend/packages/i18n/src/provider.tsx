import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useLayoutEffect,
  useMemo,
} from "react";
import { I18nProvider } from "react-aria-components";
import { IntlProvider, type MessageFormatElement, useIntl } from "react-intl";
import { type Formatters, makeFormatters, type Translate } from "./format.ts";
import { directionOf, type Locale, tagOf } from "./locale.ts";

export type Messages = Record<string, MessageFormatElement[]>;

const LocaleContext = createContext<Locale>({
  language: "en",
  calendar: "gregory",
  digits: "latn",
});
const FormatContext = createContext<Formatters | null>(null);

function FormatProvider({ locale, children }: { locale: Locale; children: ReactNode }) {
  const t = useT();
  const formatters = useMemo(() => makeFormatters(locale, t), [locale, t]);
  return <FormatContext value={formatters}>{children}</FormatContext>;
}

/** Sets language and direction of the document and gives texts and formatters to everything below. */
export function LocaleProvider(props: { locale: Locale; messages: Messages; children: ReactNode }) {
  const { locale, messages, children } = props;
  const tag = tagOf(locale);
  useLayoutEffect(() => {
    const root = document.documentElement;
    root.lang = locale.language;
    root.dir = directionOf(locale.language);
    document.body.lang = locale.language;
  }, [locale.language]);
  return (
    <LocaleContext value={locale}>
      <IntlProvider locale={tag} messages={messages} onError={reportOnce}>
        <I18nProvider locale={tag}>
          <FormatProvider locale={locale}>{children}</FormatProvider>
        </I18nProvider>
      </IntlProvider>
    </LocaleContext>
  );
}

const reported = new Set<string>();
function reportOnce(error: Error) {
  if (reported.has(error.message)) return;
  reported.add(error.message);
  console.error(error.message);
}

export const useLocale = (): Locale => useContext(LocaleContext);

/** `t(id, values)`; numbers in values are written in the locale's digits by the message's format. */
export function useT(): Translate {
  const intl = useIntl();
  return useCallback((id, values) => intl.formatMessage({ id }, values), [intl]);
}

/** True when the language has the text: for codes that come from the server. */
export function useHasText(): (id: string) => boolean {
  const intl = useIntl();
  return useCallback((id) => id in intl.messages, [intl]);
}

export function useFormat(): Formatters {
  const formatters = useContext(FormatContext);
  if (!formatters) throw new Error("useFormat needs a LocaleProvider above it");
  return formatters;
}
