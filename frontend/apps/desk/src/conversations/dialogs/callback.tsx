import type { Conversation } from "@wasl/api";
import { ltr, useT } from "@wasl/i18n";
import { Button, Dialog, Select, TextField } from "@wasl/ui";
import { PhoneForwarded } from "lucide-react";
import { useState } from "react";
import { useContact } from "../../contacts/use-contact.ts";
import { api } from "../../ground.ts";
import type { Actions } from "../actions.ts";

const MOMENTS = ["turn", "hour", "tomorrow"] as const;
type Moment = (typeof MOMENTS)[number];
const MORNING = 9;

function momentOf(when: Moment): Date | null {
  if (when === "turn") return null;
  const at = new Date();
  if (when === "hour") at.setHours(at.getHours() + 1);
  else {
    at.setDate(at.getDate() + 1);
    at.setHours(MORNING, 0, 0, 0);
  }
  return at;
}

interface Props {
  conversation: Conversation;
  actions: Actions;
  onClose: () => void;
}

/** The contact may leave and keeps the place: whoever takes the conversation calls. */
export function CallbackDialog({ conversation, actions, onClose }: Props) {
  const t = useT();
  const contact = useContact(conversation.contact.id);
  const known = contact.data?.identities.find((identity) => identity.kind === "phone")?.display;
  const [written, setWritten] = useState<string | null>(null);
  const [when, setWhen] = useState<Moment>("turn");
  const address = written ?? conversation.callback?.address ?? known ?? "";
  const ask = () =>
    actions.run(
      () =>
        api.call("POST /conversations/{id}/callback", {
          path: { id: conversation.id },
          body: { address: address.trim(), not_before: momentOf(when)?.toISOString() ?? null },
        }),
      onClose,
    );
  return (
    <Dialog
      title={t("routing.callback_ask_title", { number: ltr(conversation.number) })}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button
            kind="primary"
            icon={PhoneForwarded}
            isDisabled={!address.trim()}
            isPending={actions.running}
            onPress={ask}
          >
            {t("routing.callback_keep")}
          </Button>
        </>
      }
    >
      <p className="mb-3 text-[13px] text-ink-2">{t("routing.callback_ask_lead")}</p>
      <div className="flex flex-col gap-3">
        <TextField
          label={t("routing.callback_number")}
          type="tel"
          ltr
          autoFocus
          value={address}
          onChange={setWritten}
        />
        <Select
          label={t("routing.callback_when")}
          value={when}
          onChange={(id) => setWhen(MOMENTS.find((each) => each === id) ?? "turn")}
          items={MOMENTS.map((id) => ({ id, label: t(`routing.callback_when_${id}`) }))}
        />
      </div>
    </Dialog>
  );
}
