import { t } from "../i18n";
import { ApiError } from "../net/api";

/** What went wrong, for the visitor. */
export function problemText(error: unknown): string {
  if (!(error instanceof ApiError)) return t("error_generic");
  if (error.status === 0) return t("error_offline");
  if (error.status === 429) return t("error_too_many");
  return refusalText(error.code) || t("error_generic");
}

/** Why a message was refused, or nothing where we can't say more than that it was. */
export function refusalText(code: string): string {
  return /too_long|too_large/.test(code) ? t("error_too_long") : "";
}
