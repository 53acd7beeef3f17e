import type { Message, MessageState } from "@wasl/api";
import { useHasText, useT } from "@wasl/i18n";
import { Button, cardLook, IconButton } from "@wasl/ui";
import { clsx } from "clsx";
import {
  Check,
  CheckCheck,
  CircleAlert,
  CircleHelp,
  Clock,
  type LucideIcon,
  RefreshCw,
  Trash2,
} from "lucide-react";
import { useState } from "react";
import { useErrorToast } from "../../errors.ts";
import { api } from "../../ground.ts";
import { learnMessage, outbox } from "../conversation-data.ts";
import type { Outgoing } from "../outbox.ts";

const ICONS: Record<MessageState, LucideIcon> = {
  queued: Clock,
  sending: Clock,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  failed: CircleAlert,
  unknown: CircleHelp,
};

export function DeliveryMark({ state }: { state: MessageState }) {
  const t = useT();
  const Icon = ICONS[state];
  return (
    <span title={t(`desk.state_${state}`)} className="inline-flex">
      <Icon
        size={13}
        aria-hidden="true"
        className={clsx(
          state === "read" ? "text-accent-text" : state === "failed" ? "text-bad" : "text-ink-3",
        )}
      />
      <span className="sr-only">{t(`desk.state_${state}`)}</span>
    </span>
  );
}

interface FailureProps {
  title: string;
  text: string;
  onRetry: () => void;
  onDiscard: () => void;
  busy?: boolean;
}

/** Not sent: the reason in plain words, then the ways on. The text stays above it. */
function Failure({ title, text, onRetry, onDiscard, busy }: FailureProps) {
  const t = useT();
  return (
    <div
      role="alert"
      className={clsx(cardLook, "mt-1.5 w-72 max-w-full self-end px-3.5 py-2.5 text-[13px]")}
    >
      <p className="flex items-start gap-1.5 font-medium text-bad">
        <CircleAlert size={14} aria-hidden="true" className="mt-0.5 shrink-0" />
        <span>{title}</span>
      </p>
      <p className="mt-0.5 text-xs text-ink-2">{text}</p>
      <div className="mt-2 flex items-center">
        <Button size="sm" kind="primary" icon={RefreshCw} onPress={onRetry} isPending={busy}>
          {t("desk.retry")}
        </Button>
        <span className="grow" />
        <IconButton icon={Trash2} size="sm" label={t("desk.discard")} onPress={onDiscard} />
      </div>
    </div>
  );
}

export function DeliveryFailure({
  message,
  conversation,
}: {
  message: Message;
  conversation: string;
}) {
  const t = useT();
  const has = useHasText();
  const failed = useErrorToast();
  const [busy, setBusy] = useState(false);
  const id = `desk.failed_${message.state === "unknown" ? "unknown" : (message.error?.code ?? "temporary")}`;
  const act = (route: "POST /messages/{id}/retry" | "POST /messages/{id}/discard") => {
    setBusy(true);
    api
      .call(route, { path: { id: message.id } })
      .then((learnt) => learnMessage(learnt, conversation), failed)
      .finally(() => setBusy(false));
  };
  return (
    <Failure
      title={t(has(id) ? id : "desk.failed_temporary")}
      text={t(message.state === "unknown" ? "desk.failed_unknown_text" : "desk.failed_text")}
      busy={busy}
      onRetry={() => act("POST /messages/{id}/retry")}
      onDiscard={() => act("POST /messages/{id}/discard")}
    />
  );
}

/** A reply that the server has not taken yet. */
export function OutgoingBubble({ outgoing, late }: { outgoing: Outgoing; late: boolean }) {
  const t = useT();
  const has = useHasText();
  const { body, state, error } = outgoing;
  const reason = `desk.why_${error?.params.code ?? ""}`;
  const refused = `error.${error?.code ?? "unexpected"}`;
  return (
    <div className="flex max-w-[85%] flex-col items-end self-end">
      <div className="rounded-2xl rounded-ee-md border border-dashed border-line-strong bg-mine px-3.5 py-1.5">
        <p dir="auto" className="wrap-anywhere whitespace-pre-wrap">
          {body.text}
        </p>
        {outgoing.attachments.map((file) => (
          <p key={file.id} dir="auto" className="bidi-line truncate text-xs text-ink-2">
            {file.name}
          </p>
        ))}
      </div>
      {state === "refused" ? (
        <Failure
          title={
            has(reason)
              ? t(reason)
              : t(has(refused) ? refused : "error.unexpected", error?.params as never)
          }
          text={t("desk.failed_text")}
          onRetry={() => outbox.retry(body.client_id)}
          onDiscard={() => outbox.discard(body.client_id)}
        />
      ) : (
        <span className="mt-0.5 flex items-center gap-1 text-2xs text-ink-2">
          <Clock size={11} aria-hidden="true" />
          {t(late ? "desk.state_waiting" : "desk.state_sending")}
        </span>
      )}
    </div>
  );
}
