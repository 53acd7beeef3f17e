import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { ApiError } from "@wasl/api";
import { useT } from "@wasl/i18n";
import { Button, EmptyState, Ltr } from "@wasl/ui";
import { Compass, RefreshCw, TriangleAlert } from "lucide-react";

/** Only this part failed: the rest of the desk goes on. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  const t = useT();
  const code = error instanceof ApiError ? error.code : String((error as Error | undefined)?.name);
  return (
    <EmptyState
      icon={TriangleAlert}
      tone="bad"
      title={t("shell.page_failed")}
      actions={
        <Button kind="primary" icon={RefreshCw} onPress={reset}>
          {t("common.retry")}
        </Button>
      }
    >
      <p>{t("shell.page_failed_text")}</p>
      <Ltr>{code}</Ltr>
    </EmptyState>
  );
}

export function PageMissing() {
  const t = useT();
  return (
    <EmptyState
      icon={Compass}
      title={t("shell.not_found")}
      actions={
        <Link
          to="/conversations"
          search={{ view: "mine" }}
          className="font-medium text-accent-text underline underline-offset-2"
        >
          {t("shell.to_conversations")}
        </Link>
      }
    >
      {t("shell.not_found_text")}
    </EmptyState>
  );
}
