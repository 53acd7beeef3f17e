import { t } from '../i18n';
import { ApiError } from '../net/api';

/** What went wrong, for the visitor. */
export function problemText(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error_generic');
  if (error.status === 0) return t('error_offline');
  return codeText(error.code, error.status);
}

export function codeText(code: string, status = 0): string {
  if (status === 429 || /too_many|rate/.test(code)) return t('error_too_many');
  if (status === 413 || /too_long|too_large/.test(code)) return t('error_too_long');
  return t('error_generic');
}
