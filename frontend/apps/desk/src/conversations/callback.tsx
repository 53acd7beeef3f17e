import type { Conversation } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { Button, Ltr, toast } from "@wasl/ui";
import { Check, PhoneCall, PhoneForwarded, PhoneMissed } from "lucide-react";
import { useNow } from "../clock.ts";
import { api } from "../ground.ts";
import { useMe } from "../me.ts";
import type { Actions } from "./actions.ts";

/** Whom to call, by one's own means, and how the call went. */
export function CallbackBar({
  conversation,
  actions,
}: {
  conversation: Conversation;
  actions: Actions;
}) {
  const t = useT();
  const format = useFormat();
  const { user } = useMe();
  const now = useNow("minute");
  const path = { id: conversation.id };
  const tell = (how: "reached" | "unanswered" | "done") =>
    actions.run(
      () => api.call(`POST /conversations/{id}/callback/${how}`, { path }),
      (shown) => {
        if (shown?.callback && shown.state === "queued") toast(t("routing.callback_again_toast"));
      },
    );
  const { callback, state, assignee, can } = conversation;
  if (!callback) return null;
  const calls = state === "active" && assignee?.id === user.id;
  const facts = [
    t("routing.callback_since", { time: isolate(format.dateTime(callback.asked_at, now)) }),
    callback.not_before &&
      t("routing.callback_not_before", {
        time: isolate(format.dateTime(callback.not_before, now)),
      }),
    callback.tries > 0 && t("routing.callback_tries", { n: callback.tries }),
    callback.reached_at &&
      t("routing.callback_reached_at", { time: isolate(format.time(callback.reached_at)) }),
  ].filter((fact) => typeof fact === "string");
  return (
    <section
      aria-label={t("routing.callback_title")}
      className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-raised px-4 py-2 text-[13px]"
    >
      <PhoneForwarded size={16} aria-hidden="true" className="shrink-0 text-ink-2" />
      <p className="min-w-40 grow basis-0">
        <span className="font-medium">{t("routing.callback_title")}</span>{" "}
        <Ltr>
          {callback.kind === "phone" ? (
            <a href={`tel:${callback.value}`} className="text-accent-text underline">
              {callback.address}
            </a>
          ) : (
            callback.address
          )}
        </Ltr>
        <span className="num block text-xs text-ink-2">{facts.join(" · ")}</span>
      </p>
      {calls && !callback.reached_at && (
        <>
          <Button
            kind="primary"
            icon={PhoneCall}
            isDisabled={actions.running}
            onPress={() => tell("reached")}
          >
            {t("routing.callback_reached")}
          </Button>
          <Button
            icon={PhoneMissed}
            isDisabled={actions.running}
            onPress={() => tell("unanswered")}
          >
            {t("routing.callback_unanswered")}
          </Button>
        </>
      )}
      {(calls || can.includes("transfer")) && (
        <Button icon={Check} isDisabled={actions.running} onPress={() => tell("done")}>
          {t(calls ? "routing.callback_done" : "routing.callback_call_off")}
        </Button>
      )}
    </section>
  );
}
