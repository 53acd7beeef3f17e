import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Offer } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import {
  Avatar,
  Bidi,
  Button,
  channelIcon,
  IconButton,
  Ltr,
  MenuButton,
  Pill,
  toast,
} from "@wasl/ui";
import { clsx } from "clsx";
import {
  ChevronDown,
  Clock,
  Flag,
  Forward,
  History,
  Hourglass,
  Languages,
  type LucideIcon,
  PanelTop,
  PhoneForwarded,
  Star,
  Unlink,
  Users,
  X,
} from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useNow } from "../clock.ts";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useCommand } from "../keys/commands.ts";
import { keyFor } from "../keys/keys.tsx";
import { useMeScope } from "../me-scope.ts";
import { isReadable, useChannelName, useNamed } from "../names.ts";
import { useWhy } from "../why.ts";
import { useOutsideNotice, useRinging, useTitle } from "./alerting.ts";

/** Whatever is offered to us now: the oldest one in full, the others counted. */
export function Offers() {
  const t = useT();
  const format = useFormat();
  const channelName = useChannelName();
  const named = useNamed();
  const { offers, agent, counts } = useMeScope();
  const offer = [...offers].sort((a, b) => a.offered_at.localeCompare(b.offered_at))[0] ?? null;
  useRinging(offer !== null);
  useOutsideNotice(
    offer &&
      t("desk.offer_spoken", {
        name: offer.contact.name,
        channel: channelName(offer.channel.kind),
        queue: named(offer.queue.names),
      }),
    offer?.preview ?? "",
    offer?.id ?? "",
  );
  const app = t("shell.app");
  const mine = counts?.mine ?? 0;
  useTitle(
    offer
      ? t("desk.offer_title", { n: format.number(offers.length), name: offer.contact.name })
      : mine
        ? `(${format.number(mine)}) ${app}`
        : app,
  );
  const missed = agent?.missed_offer ?? false;
  const wasMissed = useRef(missed);
  useEffect(() => {
    if (missed && !wasMissed.current) toast(t("desk.offer_missed_toast"), { bad: true });
    wasMissed.current = missed;
  }, [missed, t]);
  return offer ? (
    <OfferCard key={`${offer.id}:${offer.epoch}`} offer={offer} more={offers.length - 1} />
  ) : null;
}

const WHY_ICONS: Record<string, LucideIcon> = {
  idle: Hourglass,
  member: Users,
  last_agent: History,
  named_agent: Forward,
  priority: Flag,
  skill: Star,
  language: Languages,
  relaxed: Unlink,
  callback: PhoneForwarded,
};
const DECLINE = ["busy", "skill", "break"];

function OfferCard({ offer, more }: { offer: Offer; more: number }) {
  const t = useT();
  const format = useFormat();
  const navigate = useNavigate();
  const failed = useErrorToast();
  const channelName = useChannelName();
  const named = useNamed();
  const now = useNow("second");
  const left = Math.max(0, Math.ceil((Date.parse(offer.expires_at) - now) / 1000));
  const total = (Date.parse(offer.expires_at) - Date.parse(offer.offered_at)) / 1000;
  const path = { id: offer.id };
  const accept = useMutation({
    mutationFn: () => api.call("POST /offers/{id}/accept", { path, body: { epoch: offer.epoch } }),
    onSuccess: ({ conversation_id }) =>
      navigate({
        to: "/conversations/$id",
        params: { id: conversation_id },
        search: { view: "mine" },
      }),
    onError: failed,
  });
  const decline = useMutation({
    mutationFn: (reason?: string) =>
      api.call("POST /offers/{id}/decline", {
        path,
        body: { epoch: offer.epoch, ...(reason ? { reason } : {}) },
      }),
    onError: failed,
  });
  const busy = accept.isPending || decline.isPending;
  useCommand("accept", busy ? null : () => accept.mutate());
  useCommand("decline", busy ? null : () => decline.mutate(undefined));

  const Icon = channelIcon(offer.channel.kind);
  const kind = channelName(offer.channel.kind);
  const why = useWhy();
  const order = offer.orders[0];
  return (
    <section
      aria-label={t("desk.offer_spoken", {
        name: offer.contact.name,
        channel: kind,
        queue: named(offer.queue.names),
      })}
      className="fixed inset-x-2 top-15 z-30 animate-offer overflow-hidden rounded-2xl border border-line bg-surface shadow-pop sm:inset-x-auto sm:end-6 sm:w-106"
    >
      <p role="alert" className="sr-only">
        {t("desk.offer_spoken", {
          name: offer.contact.name,
          channel: kind,
          queue: named(offer.queue.names),
        })}
      </p>
      <div className="flex items-center gap-3 px-4 pt-4">
        <Avatar name={offer.contact.name} size={48} channel={offer.channel.kind} />
        <div className="min-w-0 grow">
          <p className="flex items-center gap-1.5 text-xs text-ink-2">
            <Icon size={13} aria-hidden="true" className="shrink-0" />
            <span className="truncate">
              {t("desk.offer_kind", { channel: kind, queue: named(offer.queue.names) })}
            </span>
          </p>
          <h2 dir="auto" className="bidi-line truncate text-lg leading-7 font-semibold">
            {offer.contact.name}
          </h2>
          <p className="flex items-center gap-2 text-xs text-ink-2">
            {isReadable(offer.address) && (
              <>
                <Ltr className="truncate">{offer.address}</Ltr>
                <span aria-hidden="true">·</span>
              </>
            )}
            <span className="flex shrink-0 items-center gap-1 whitespace-nowrap">
              <Clock size={12} aria-hidden="true" />
              {t("desk.offer_waiting")}
              <Ltr className="num timer font-semibold text-ink">
                {format.clock((now - Date.parse(offer.waiting_since)) / 1000)}
              </Ltr>
            </span>
          </p>
        </div>
        <Ring left={left} total={total} />
      </div>
      {offer.callback && (
        <p className="mx-4 mt-3 flex items-center gap-1.5 text-[13px] font-medium">
          <PhoneForwarded size={14} aria-hidden="true" className="shrink-0" />
          <span className="grow">{t("desk.offer_callback")}</span>
          <Ltr>{offer.callback.address}</Ltr>
          <span className="num font-normal text-ink-2">{format.time(offer.callback.asked_at)}</span>
        </p>
      )}
      {offer.why.length > 0 && (
        <div className="mx-4 mt-3 flex flex-wrap items-center gap-1.5 text-xs">
          <span className="me-1 text-ink-2">{t("desk.offer_why")}</span>
          {offer.why.map((reason) => (
            <Pill
              key={`${reason.code} ${reason.params.name ?? ""}`}
              tone="accent"
              icon={WHY_ICONS[reason.code]}
            >
              {why(reason, named(offer.queue.names))}
            </Pill>
          ))}
        </div>
      )}
      <div className="mx-4 mt-3 rounded-xl border border-line bg-raised px-3.5 py-2.5 text-[13px]">
        <p className="flex items-center gap-1.5 text-xs font-medium text-ink-2">
          <PanelTop size={13} aria-hidden="true" />
          {t("desk.offer_opens")}
        </p>
        <dl className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1">
          <Fact name={t("desk.offer_case")}>
            <Ltr>{offer.number}</Ltr>
            {offer.subject && (
              <>
                {" · "}
                <Bidi>{offer.subject}</Bidi>
              </>
            )}
          </Fact>
          {order && (
            <Fact name={t("desk.offer_order")}>
              <Ltr>{order.code}</Ltr> · {format.money(order.total_minor, order.currency)} ·{" "}
              {t(`desk.order_${order.status}`)}
            </Fact>
          )}
          <Fact name={t("desk.offer_last")}>
            {offer.last_interaction_at
              ? format.dateTime(offer.last_interaction_at, now)
              : t("desk.offer_first")}
          </Fact>
          <Fact name={t("desk.offer_says")}>
            <span className="line-clamp-2">
              <Bidi>{offer.preview}</Bidi>
            </span>
          </Fact>
        </dl>
      </div>
      <div className="mt-3.5 flex gap-2 border-t border-line bg-raised px-4 py-3">
        <Button
          kind="primary"
          size="lg"
          icon={Icon}
          kbd={keyFor("accept")}
          isPending={accept.isPending}
          isDisabled={decline.isPending}
          onPress={() => accept.mutate()}
          className="grow"
        >
          {t("desk.accept")}
        </Button>
        <Button
          size="lg"
          icon={X}
          kbd={keyFor("decline")}
          isPending={decline.isPending}
          isDisabled={accept.isPending}
          onPress={() => decline.mutate(undefined)}
        >
          {t("desk.decline")}
        </Button>
        <MenuButton
          label={t("desk.decline_reason")}
          actions={DECLINE.map((reason) => ({
            id: reason,
            label: t(`desk.decline_${reason}`),
            run: () => decline.mutate(reason),
          }))}
          trigger={
            <IconButton
              size="lg"
              icon={ChevronDown}
              label={t("desk.decline_reason")}
              isDisabled={busy}
              className="border border-line bg-surface"
            />
          }
        />
      </div>
      {more > 0 && (
        <p className="border-t border-line px-4 py-1.5 text-center text-xs text-ink-2">
          {t("desk.more_offers", { n: more })}
        </p>
      )}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd dir="auto" className="bidi-line wrap-anywhere min-w-0">
        {children}
      </dd>
    </>
  );
}

const RADIUS = 19;
const ROUND = 2 * Math.PI * RADIUS;

/** Seconds left. Drains clockwise, counter-clockwise on right-to-left pages; bold at the end. */
function Ring({ left, total }: { left: number; total: number }) {
  const t = useT();
  const format = useFormat();
  return (
    <span
      role="img"
      aria-label={t("desk.offer_seconds", { n: left })}
      className="relative grid size-11 shrink-0 place-items-center"
    >
      <svg
        width="44"
        height="44"
        viewBox="0 0 44 44"
        aria-hidden="true"
        className="absolute inset-0 -rotate-90 rtl:-scale-y-100"
      >
        <circle cx="22" cy="22" r={RADIUS} fill="none" stroke="var(--line)" strokeWidth="3.5" />
        <circle
          cx="22"
          cy="22"
          r={RADIUS}
          fill="none"
          stroke="var(--accent)"
          strokeWidth="3.5"
          strokeLinecap="round"
          strokeDasharray={`${(ROUND * left) / Math.max(total, 1)} ${ROUND}`}
          className="transition-[stroke-dasharray] duration-1000 ease-linear"
        />
      </svg>
      <span
        className={clsx("num text-[15px] leading-none", left <= 5 ? "font-bold" : "font-semibold")}
      >
        {format.number(left)}
      </span>
    </span>
  );
}
