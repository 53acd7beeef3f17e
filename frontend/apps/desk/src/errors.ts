import { ApiError } from "@wasl/api";
import { isolate, useHasText, useT } from "@wasl/i18n";
import { toast } from "@wasl/ui";
import { useCallback } from "react";

/** The text for whatever went wrong, in the reader's language. */
export function useErrorText(): (error: unknown) => string {
  const t = useT();
  const has = useHasText();
  return useCallback(
    (error) => {
      const known = error instanceof ApiError ? error : new ApiError("unexpected", 500);
      const id = `error.${known.code}`;
      if (!has(id)) return t("error.unexpected");
      const values = Object.fromEntries(
        Object.entries(known.params).map(([name, value]) => [
          name,
          typeof value === "number" ? value : isolate(String(value ?? "")),
        ]),
      );
      return t(id, values);
    },
    [t, has],
  );
}

export function useErrorToast(): (error: unknown) => void {
  const text = useErrorText();
  return useCallback((error) => toast(text(error), { bad: true }), [text]);
}
