import type { Conversation } from "@wasl/api";
import { isolate, ltr, useFormat, useT } from "@wasl/i18n";
import { Button, Select } from "@wasl/ui";
import { Check, ClipboardCheck, GitMerge, UserRoundCheck } from "lucide-react";
import { useState } from "react";
import { useNow } from "../clock.ts";
import { useMe } from "../me.ts";
import { useNamed } from "../names.ts";
import type { Actions } from "./actions.ts";
import { useDispositions } from "./dialogs/codes.ts";

const NONE = "none";

/** After handling: the outcome, while the time for it runs. */
export function WrapUp({
  conversation,
  actions,
}: {
  conversation: Conversation;
  actions: Actions;
}) {
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const now = useNow("second");
  const dispositions = useDispositions();
  const [chosen, setChosen] = useState(conversation.interaction.disposition || NONE);
  const ends = conversation.wrap_up_ends_at;
  if (conversation.state !== "wrap_up" || !ends) return null;
  const left = Math.max(0, (Date.parse(ends) - now) / 1000);
  return (
    <section
      aria-label={t("desk.wrap_up")}
      className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-raised px-4 py-2"
    >
      <ClipboardCheck size={16} aria-hidden="true" className="text-ink-2" />
      <span className="num grow text-[13px] font-medium">
        {t("desk.wrap_up_left", { time: format.clock(left) })}
      </span>
      {dispositions.length > 0 && (
        <Select
          label={t("desk.disposition")}
          hideLabel
          className="w-48"
          value={chosen}
          onChange={setChosen}
          items={[
            { id: NONE, label: t("desk.no_disposition") },
            ...dispositions.map((d) => ({ id: d.code, label: named(d.names) })),
          ]}
        />
      )}
      <Button
        kind="primary"
        icon={Check}
        isPending={actions.wrappingUp}
        onPress={() => actions.wrapUp(chosen === NONE ? {} : { disposition: chosen })}
      >
        {t("desk.finish_wrap_up")}
      </Button>
    </section>
  );
}

/** What the server thinks may belong together; a person decides. */
export function Suggestions({
  conversation,
  actions,
}: {
  conversation: Conversation;
  actions: Actions;
}) {
  const t = useT();
  const { permissions } = useMe();
  const { contact_suggestion: contact } = conversation;
  const mayMerge = permissions.includes("conversations.manage") && !conversation.merged_into;
  const merge = mayMerge ? conversation.merge_suggestion : null;
  if (!merge && !contact) return null;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-raised px-4 py-2 text-[13px]">
      {merge && (
        <span className="flex items-center gap-2">
          <GitMerge size={15} aria-hidden="true" className="text-ink-2" />
          {t("desk.merge_suggestion", { number: ltr(merge.number) })}
          <Button
            size="sm"
            isDisabled={actions.merging}
            onPress={() => actions.merge(merge.conversation_id)}
          >
            {t("desk.merge")}
          </Button>
        </span>
      )}
      {contact && (
        <span className="flex items-center gap-2">
          <UserRoundCheck size={15} aria-hidden="true" className="text-ink-2" />
          {t("desk.contact_suggestion", { name: isolate(contact.name) })}
          {permissions.includes("contacts.write") && (
            <Button
              size="sm"
              isDisabled={actions.joining}
              onPress={() => actions.joinContacts(contact.contact_id)}
            >
              {t("desk.join_contacts")}
            </Button>
          )}
        </span>
      )}
    </div>
  );
}
