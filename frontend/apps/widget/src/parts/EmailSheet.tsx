import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import type { Chat } from "../state/chat";
import { Field, isEmail } from "./Field";
import { Icon } from "./Icon";
import { problemText } from "./problem";

/** Asks where the conversation goes on by e-mail. Escape closes and the focus returns. */
export function EmailSheet({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [email, setEmail] = useState(chat.contact.value?.email ?? "");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  useEffect(() => dialog.current?.showModal(), []);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    if (!isEmail(email.trim())) return;
    setBusy(true);
    setProblem("");
    try {
      await chat.continueByEmail(email.trim());
      dialog.current?.close();
    } catch (error) {
      setProblem(problemText(error));
      setBusy(false);
    }
  }

  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="sheet-title"
      onClose={onClose}
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <form noValidate onSubmit={(event) => void submit(event)}>
        <div class="row">
          <h2 class="grow" id="sheet-title">
            {t("go_on_by_email")}
          </h2>
          <button
            type="button"
            class="round"
            aria-label={t("close")}
            onClick={() => dialog.current?.close()}
          >
            <Icon name="close" />
          </button>
        </div>
        <p class="quiet">{t("go_on_hint")}</p>
        <Field
          label={t("field_email")}
          required
          error={tried && !isEmail(email.trim()) ? t("need_email") : undefined}
        >
          {(control) => (
            <input
              {...control}
              type="email"
              dir="ltr"
              autocomplete="email"
              maxLength={320}
              value={email}
              autoFocus
              onInput={(event) => setEmail(event.currentTarget.value)}
            />
          )}
        </Field>
        {problem && (
          <p class="error" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="button primary wide" disabled={busy}>
          <Icon name="mail" size={18} />
          {t(busy ? "sending" : "go_on_by_email")}
        </button>
      </form>
    </dialog>
  );
}
