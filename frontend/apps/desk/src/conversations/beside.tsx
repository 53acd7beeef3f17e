import { useNavigate } from "@tanstack/react-router";
import type { Conversation } from "@wasl/api";
import { isolate, useT } from "@wasl/i18n";
import { Avatar, Button, IconButton } from "@wasl/ui";
import { ArrowRightLeft, LogOut, UserX } from "lucide-react";
import { api } from "../ground.ts";
import { useMe } from "../me.ts";
import type { Actions } from "./actions.ts";

/** The colleagues beside whoever has the conversation: who they are, leaving, handing over. */
export function BesideBar({
  conversation,
  actions,
}: {
  conversation: Conversation;
  actions: Actions;
}) {
  const t = useT();
  const navigate = useNavigate();
  const { user, permissions } = useMe();
  const { id, joined, assignee, can } = conversation;
  const me = joined.find((one) => one.id === user.id);
  const leave = (user_id: string) =>
    actions.run(
      () => api.call("DELETE /conversations/{id}/colleagues/{user_id}", { path: { id, user_id } }),
      () => {
        // whoever leaves may no longer see it
        if (user_id === user.id && !permissions.includes("conversations.manage"))
          void navigate({ to: "/conversations", search: { view: "mine" } });
      },
    );
  const handOver = (user_id: string) =>
    actions.run(() =>
      api.call("POST /conversations/{id}/transfer", { path: { id }, body: { user_id } }),
    );
  if (!joined.length) return null;
  const busy = actions.running;
  const decides = can.includes("transfer") && !me;
  return (
    <section
      aria-label={t("routing.beside_title")}
      className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-raised px-4 py-2 text-[13px]"
    >
      {me && (
        <p className="min-w-40 grow basis-0">
          {t(`routing.beside_me_${me.role}`, { name: isolate(assignee?.name ?? "") })}
        </p>
      )}
      {joined
        .filter((one) => one.id !== user.id)
        .map((one) => (
          <span key={one.id} className="flex items-center gap-1.5">
            <Avatar name={one.name} size={20} />
            {t(`routing.beside_${one.role}`, { name: isolate(one.name) })}
            {decides && (
              <>
                <IconButton
                  icon={ArrowRightLeft}
                  size="sm"
                  label={t("routing.beside_hand_over", { name: isolate(one.name) })}
                  isDisabled={busy}
                  onPress={() => handOver(one.id)}
                />
                <IconButton
                  icon={UserX}
                  size="sm"
                  label={t("routing.beside_remove", { name: isolate(one.name) })}
                  isDisabled={busy}
                  onPress={() => leave(one.id)}
                />
              </>
            )}
          </span>
        ))}
      {me && (
        <Button size="sm" icon={LogOut} isDisabled={busy} onPress={() => leave(user.id)}>
          {t("routing.beside_leave")}
        </Button>
      )}
    </section>
  );
}
