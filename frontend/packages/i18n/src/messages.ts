import type { Language } from "./locale.ts";
import type { Messages } from "./provider.tsx";

const LOADERS: Record<Language, () => Promise<{ default: Messages }>> = {
  en: () => import("virtual:wasl-messages/en"),
  fa: () => import("virtual:wasl-messages/fa"),
  ar: () => import("virtual:wasl-messages/ar"),
};

/** The compiled texts of a language; a chunk of its own, so only the one in use is fetched. */
export const loadMessages = async (language: Language): Promise<Messages> =>
  (await LOADERS[language]()).default;
