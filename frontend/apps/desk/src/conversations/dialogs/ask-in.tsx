import type { BesideRole, Conversation } from "@wasl/api";
import { ltr, useT } from "@wasl/i18n";
import { Button, Dialog, Select, TextField } from "@wasl/ui";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { api } from "../../ground.ts";
import type { Actions } from "../actions.ts";
import { Targets } from "./targets.tsx";

const ROLES: BesideRole[] = ["consult", "conference"];

interface Props {
  conversation: Conversation;
  actions: Actions;
  onClose: () => void;
}

/** A colleague to stand beside whoever has the conversation, and what it is about. */
export function AskInDialog({ conversation, actions, onClose }: Props) {
  const t = useT();
  const [target, setTarget] = useState<string | null>(null);
  const [role, setRole] = useState<BesideRole>("consult");
  const [note, setNote] = useState("");
  const [others] = useState(() => (conversation.assignee ? [conversation.assignee.id] : []));
  const ask = (user_id: string) =>
    actions.run(
      () =>
        api.call("POST /conversations/{id}/colleagues", {
          path: { id: conversation.id },
          body: { user_id, role, note: note.trim() },
        }),
      onClose,
    );
  const user = target?.replace("user:", "");
  return (
    <Dialog
      title={t("routing.ask_in_title", { number: ltr(conversation.number) })}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button
            kind="primary"
            icon={UserPlus}
            isDisabled={!user || !note.trim()}
            isPending={actions.running}
            onPress={() => user && ask(user)}
          >
            {t("routing.ask_in_send")}
          </Button>
        </>
      }
    >
      <Targets
        label={t("routing.beside_title")}
        target={target}
        onChange={setTarget}
        peopleOnly
        without={others}
      />
      <div className="flex flex-col gap-3">
        <Select
          label={t("routing.ask_in_role")}
          value={role}
          onChange={(id) => setRole(ROLES.find((each) => each === id) ?? "consult")}
          items={ROLES.map((id) => ({ id, label: t(`routing.ask_in_${id}`) }))}
        />
        <TextField label={t("routing.ask_in_note")} rows={2} value={note} onChange={setNote} />
      </div>
    </Dialog>
  );
}
