import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { Icon, type IconName } from "../parts/Icon";

interface Props {
  title: string;
  hint: string;
  icon: IconName;
  /** Sends what was filled in; nothing where something is still to be put right. */
  send: () => Promise<void> | undefined;
  /** Why it could not be sent, for the visitor. */
  problemText: (error: unknown) => string;
  onClose: () => void;
  children: ComponentChildren;
}

/** A small form over the chat. It closes once it is sent; Escape closes and the focus returns. */
export function Sheet({ title, hint, icon, send, problemText, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector("input")?.focus();
  }, []);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const sent = send();
    if (!sent) return;
    setBusy(true);
    setProblem("");
    try {
      await sent;
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
            {title}
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
        <p class="quiet">{hint}</p>
        {children}
        {problem && (
          <p class="error" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="button primary wide" disabled={busy}>
          <Icon name={icon} size={18} />
          {busy ? t("sending") : title}
        </button>
      </form>
    </dialog>
  );
}
