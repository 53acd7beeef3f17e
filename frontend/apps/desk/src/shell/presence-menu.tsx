import { useMutation } from "@tanstack/react-query";
import type { Agent, Presence } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { type Action, Button, Ltr, MenuButton } from "@wasl/ui";
import { clsx } from "clsx";
import {
  BellRing,
  ChevronDown,
  Circle,
  CircleCheck,
  Clock,
  type LucideIcon,
  PhoneMissed,
} from "lucide-react";
import { Button as AriaButton } from "react-aria-components";
import { useNow } from "../clock.ts";
import { usePresenceReasons } from "../conversations/dialogs/codes.ts";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useNamed } from "../names.ts";

const LOOK: Record<Presence, { icon: LucideIcon; look: string }> = {
  available: { icon: CircleCheck, look: "bg-ok-soft text-ok" },
  away: { icon: Clock, look: "bg-warn-soft text-warn" },
  offline: { icon: Circle, look: "bg-sunken text-ink-2" },
};

/** Declared presence with its reason and since when; one press back after a missed offer. */
export function PresenceMenu({ agent }: { agent: Agent }) {
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const failed = useErrorToast();
  const reasons = usePresenceReasons();
  const now = useNow("second");
  const declare = useMutation({
    mutationFn: (body: { presence: Presence; reason?: string }) =>
      api.call("PUT /presence", { body }),
    onError: failed,
  });
  const { presence, reason, missed_offer } = agent;
  const ringing = agent.state === "offered";
  const { icon: Icon, look } = LOOK[presence];
  const reasonNames = reasons.find((r) => r.code === reason)?.names;
  const words = missed_offer
    ? t("desk.missed_offer")
    : ringing
      ? t("desk.offered")
      : presence === "away" && reasonNames
        ? named(reasonNames)
        : t(`desk.presence_${presence}`);
  const actions: Action[] = [
    {
      id: "available",
      icon: CircleCheck,
      label: t("desk.presence_available"),
      choice: t("desk.presence"),
      selected: presence === "available",
      run: () => declare.mutate({ presence: "available" }),
    },
    ...(reasons.length ? reasons : [null]).map((r, index) => ({
      id: r?.code ?? "away",
      icon: Clock,
      label: r ? named(r.names) : t("desk.presence_away"),
      choice: t("desk.presence"),
      selected: presence === "away" && (r === null || reason === r.code),
      divided: index === 0,
      run: () => declare.mutate({ presence: "away", ...(r ? { reason: r.code } : {}) }),
    })),
    {
      id: "offline",
      icon: Circle,
      label: t("desk.presence_offline"),
      choice: t("desk.presence"),
      selected: presence === "offline",
      divided: true,
      run: () => declare.mutate({ presence: "offline" }),
    },
  ];
  return (
    <>
      <MenuButton
        label={t("desk.presence")}
        placement="bottom start"
        actions={actions}
        trigger={
          <AriaButton
            className={clsx(
              "inline-flex h-7 shrink-0 items-center gap-1.5 rounded-full px-2 text-[13px] font-medium",
              missed_offer || ringing ? "bg-warn-soft text-warn" : look,
            )}
          >
            {missed_offer ? (
              <PhoneMissed size={14} aria-hidden="true" />
            ) : ringing ? (
              <BellRing size={14} aria-hidden="true" />
            ) : (
              <Icon size={14} aria-hidden="true" />
            )}
            {words}
            <Ltr className="num timer font-normal text-ink-2">
              {format.clock((now - Date.parse(agent.since)) / 1000)}
            </Ltr>
            <ChevronDown size={13} aria-hidden="true" />
          </AriaButton>
        }
      />
      {missed_offer && (
        <Button
          size="sm"
          isPending={declare.isPending}
          onPress={() => declare.mutate({ presence: "available" })}
        >
          {t("desk.back_to_available")}
        </Button>
      )}
    </>
  );
}
