import type { Language } from "./locale.ts";
import type { Messages } from "./provider.tsx";

type Loader = () => Promise<{ default: Messages }>;

const FIRST: Record<Language, Loader> = {
  en: () => import("virtual:wasl-messages/en"),
  fa: () => import("virtual:wasl-messages/fa"),
  ar: () => import("virtual:wasl-messages/ar"),
};
const LATER: Record<Language, Loader> = {
  en: () => import("virtual:wasl-messages/en/later"),
  fa: () => import("virtual:wasl-messages/fa/later"),
  ar: () => import("virtual:wasl-messages/ar/later"),
};

/** The compiled texts of a language that the first page needs; a chunk of its own. */
export const loadMessages = async (language: Language): Promise<Messages> =>
  (await FIRST[language]()).default;

/** All texts of a language. */
export async function loadAllMessages(language: Language): Promise<Messages> {
  const [first, later] = await Promise.all([FIRST[language](), LATER[language]()]);
  return { ...first.default, ...later.default };
}
