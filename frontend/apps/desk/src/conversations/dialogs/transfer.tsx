import type { Conversation } from "@wasl/api";
import { ltr, useT } from "@wasl/i18n";
import { Button, Dialog, TextField } from "@wasl/ui";
import { ArrowRightLeft } from "lucide-react";
import { useState } from "react";
import type { Actions } from "../actions.ts";
import { Targets } from "./targets.tsx";

interface Props {
  conversation: Conversation;
  actions: Actions;
  onClose: () => void;
}

/** To a colleague or a queue, with a note for whoever gets it. */
export function TransferDialog({ conversation, actions, onClose }: Props) {
  const t = useT();
  const [note, setNote] = useState("");
  const [target, setTarget] = useState<string | null>(null);

  const send = () => {
    const [kind, id] = target?.split(":") ?? [];
    if (!id) return;
    actions.transfer(
      {
        ...(kind === "user" ? { user_id: id } : { queue_id: id }),
        ...(note.trim() ? { note: note.trim() } : {}),
      },
      onClose,
    );
  };
  return (
    <Dialog
      title={t("desk.transfer_title", { number: ltr(conversation.number) })}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button
            kind="primary"
            icon={ArrowRightLeft}
            isDisabled={!target}
            isPending={actions.transferring}
            onPress={send}
          >
            {t("desk.transfer")}
          </Button>
        </>
      }
    >
      <Targets label={t("desk.transfer_to")} target={target} onChange={setTarget} />
      <TextField label={t("desk.transfer_note")} rows={2} value={note} onChange={setNote} />
    </Dialog>
  );
}
