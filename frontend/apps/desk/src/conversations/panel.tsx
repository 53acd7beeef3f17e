import { Link } from "@tanstack/react-router";
import type { Contact, Conversation, OrderStatus } from "@wasl/api";
import { ltr, useFormat, useT } from "@wasl/i18n";
import {
  Avatar,
  Button,
  ChannelBadge,
  EmptyState,
  IconButton,
  Loading,
  Ltr,
  Pill,
  Skeleton,
} from "@wasl/ui";
import { clsx } from "clsx";
import {
  BadgeCheck,
  Ban,
  Check,
  ChevronLeft,
  type LucideIcon,
  Package,
  PackageCheck,
  PackageX,
  Plus,
  RefreshCw,
  TriangleAlert,
  Truck,
  X,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import { useNow } from "../clock.ts";
import { useContact } from "../contacts/use-contact.ts";
import { isReadable, useChannelName } from "../names.ts";
import type { Actions } from "./actions.ts";

interface Props {
  conversation: Conversation;
  actions: Actions;
  onClose: () => void;
  className?: string;
}

/** Who it is: addresses, this interaction leg by leg, orders, consent, other conversations. */
export function ContactPanel({ conversation, actions, onClose, className }: Props) {
  const t = useT();
  const contact = useContact(conversation.contact.id);
  return (
    <aside
      aria-label={t("desk.contact_panel")}
      data-pane=""
      tabIndex={-1}
      className={clsx(
        "scroll-thin flex-col overflow-y-auto border-line bg-surface p-4 outline-none md:w-78 md:shrink-0 md:border-s",
        className,
      )}
    >
      <IconButton
        icon={ChevronLeft}
        flip
        size="lg"
        label={t("common.back")}
        onPress={onClose}
        className="mb-2 -ms-2 shrink-0 md:hidden"
      />
      {/* On a phone this is the whole page. */}
      <h1 className="sr-only md:hidden">{t("desk.contact_panel")}</h1>
      {contact.data ? (
        <Details contact={contact.data} conversation={conversation} actions={actions} />
      ) : contact.isError ? (
        <EmptyState
          icon={TriangleAlert}
          tone="bad"
          title={t("desk.contact_failed")}
          actions={
            <Button icon={RefreshCw} onPress={() => void contact.refetch()}>
              {t("common.retry")}
            </Button>
          }
        />
      ) : (
        <Loading label={t("common.loading")}>
          <div className="flex items-center gap-3 pb-5">
            <Skeleton className="size-13" />
            <div className="grow space-y-2">
              <Skeleton className="h-3 w-3/5" />
              <Skeleton className="h-2 w-4/5" />
            </div>
          </div>
          <div className="space-y-3">
            <Skeleton className="h-2.5 w-full" />
            <Skeleton className="h-2.5 w-4/5" />
          </div>
        </Loading>
      )}
    </aside>
  );
}

function Details({
  contact,
  conversation,
  actions,
}: {
  contact: Contact;
  conversation: Conversation;
  actions: Actions;
}) {
  const t = useT();
  const format = useFormat();
  const now = useNow("minute");
  const addresses = contact.identities.filter((identity) => isReadable(identity.value));
  const { lifetime_minor, currency, conversations } = contact.stats;
  return (
    <>
      <div className="flex items-center gap-3 pb-3">
        <Avatar name={contact.name} size={52} />
        <div className="min-w-0">
          <h2 className="text-base leading-6 font-semibold">
            <Link
              to="/contacts/$"
              params={{ _splat: contact.id }}
              title={t("desk.open_contact")}
              className="hover:underline"
            >
              <bdi>{contact.name}</bdi>
            </Link>
          </h2>
          {addresses.slice(0, 3).map((identity) => (
            <p
              key={identity.id}
              className="flex items-center gap-1 text-xs leading-[18px] text-ink-2"
            >
              <Ltr className="truncate">{identity.display ?? identity.value}</Ltr>
              {identity.verified && (
                <BadgeCheck
                  size={13}
                  role="img"
                  aria-label={t("desk.verified")}
                  className="shrink-0 text-ink-3"
                />
              )}
            </p>
          ))}
        </div>
      </div>
      <Tags
        key={conversation.id}
        tags={conversation.tags}
        contactTags={contact.tags}
        onChange={(tags) => actions.change({ tags })}
      />
      <dl className="border-y border-line py-2 text-[13px]">
        {currency && lifetime_minor > 0 && (
          <Row name={t("desk.lifetime")}>
            <span className="num">{format.money(lifetime_minor, currency, true)}</span>
          </Row>
        )}
        {contact.company && <Row name={t("desk.company")}>{contact.company}</Row>}
        {contact.team && (
          <Row name={t("desk.contact_team")}>
            <bdi>{contact.team.name}</bdi>
          </Row>
        )}
        <Row name={t("desk.conversations_count")}>
          <span className="num">{format.number(conversations)}</span>
        </Row>
        {contact.time_zone && (
          <Row name={t("desk.local_time")}>
            <span className="num">{format.time(now, contact.time_zone)}</span>
            {contact.city && <> · {contact.city}</>}
          </Row>
        )}
      </dl>
      <Legs conversation={conversation} />
      <Orders contact={contact} />
      <Consents contact={contact} />
      <Recent contact={contact} current={conversation.id} />
    </>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-3 py-1">
      <dt className="shrink-0 text-ink-2">{name}</dt>
      <dd className="truncate text-end font-medium">{children}</dd>
    </div>
  );
}

const heading = "mt-4 mb-2 flex items-baseline justify-between text-[13px] font-semibold";

function Tags(props: {
  tags: string[];
  contactTags: string[];
  onChange: (tags: string[]) => void;
}) {
  const { tags, contactTags, onChange } = props;
  const t = useT();
  const [adding, setAdding] = useState(false);
  const [text, setText] = useState("");
  const add = () => {
    const tag = text.trim();
    if (tag && !tags.includes(tag)) onChange([...tags, tag]);
    setText("");
    setAdding(false);
  };
  return (
    <ul aria-label={t("desk.tags")} className="flex flex-wrap items-center gap-1 pb-3">
      {contactTags
        .filter((tag) => !tags.includes(tag))
        .map((tag) => (
          <li key={tag}>
            <Pill tone="accent">
              <bdi>{tag}</bdi>
            </Pill>
          </li>
        ))}
      {tags.map((tag) => (
        <li key={tag}>
          <Pill className="pe-0.5!">
            <bdi>{tag}</bdi>
            <button
              type="button"
              aria-label={t("desk.remove_tag", { tag })}
              onClick={() => onChange(tags.filter((other) => other !== tag))}
              className="grid size-5 place-items-center rounded-full hover:text-ink"
            >
              <X size={11} aria-hidden="true" />
            </button>
          </Pill>
        </li>
      ))}
      <li>
        {adding ? (
          <input
            // biome-ignore lint/a11y/noAutofocus: it appears because it was asked for
            autoFocus
            dir="auto"
            maxLength={40}
            aria-label={t("desk.add_tag")}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key === "Enter") add();
              if (event.key === "Escape") setAdding(false);
            }}
            className="h-6 w-24 rounded-full border border-line-strong bg-surface px-2 text-xs outline-none focus:border-accent"
          />
        ) : (
          <IconButton
            icon={Plus}
            size="sm"
            label={t("desk.add_tag")}
            onPress={() => setAdding(true)}
            className="size-6!"
          />
        )}
      </li>
    </ul>
  );
}

function Legs({ conversation }: { conversation: Conversation }) {
  const t = useT();
  const format = useFormat();
  const name = useChannelName();
  const now = useNow("minute");
  const legs = conversation.legs.filter(
    (leg) => leg.interaction_id === conversation.interaction.id,
  );
  if (!legs.length) return null;
  return (
    <>
      <h3 className={heading}>
        {t("desk.this_interaction")}
        <Ltr className="text-xs font-normal text-ink-2">{conversation.interaction.code}</Ltr>
      </h3>
      <ol className="relative flex flex-col gap-2.5 text-[13px]">
        {legs.length > 1 && (
          <span
            className="absolute inset-y-2 start-[8.5px] w-px bg-line-strong/50"
            aria-hidden="true"
          />
        )}
        {legs.map((leg, index) => (
          <li key={leg.id} className="relative flex items-center gap-2.5">
            <ChannelBadge kind={leg.kind} />
            <span
              className={clsx(
                "min-w-0 grow truncate",
                index === legs.length - 1 ? "font-semibold" : "font-medium",
              )}
            >
              {name(leg.kind)}
            </span>
            <span className="num shrink-0 text-xs text-ink-2">
              <time dateTime={leg.opened_at} title={format.dateTime(leg.opened_at, now)}>
                {format.age(leg.opened_at, now)}
              </time>{" "}
              · {t("desk.messages_count", { n: leg.messages })}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

const ORDER_ICONS: Record<OrderStatus, LucideIcon> = {
  placed: Package,
  paid: Package,
  shipped: Truck,
  out_for_delivery: Truck,
  delivered: PackageCheck,
  returned: PackageX,
  cancelled: PackageX,
};
const UNDER_WAY: OrderStatus[] = ["placed", "paid", "shipped", "out_for_delivery"];

function Orders({ contact }: { contact: Contact }) {
  const t = useT();
  const format = useFormat();
  if (!contact.orders.length) return null;
  return (
    <>
      <h3 className={clsx(heading, "mb-1!")}>{t("desk.orders")}</h3>
      <ul>
        {contact.orders.slice(0, 5).map((order) => {
          const Icon = ORDER_ICONS[order.status];
          return (
            <li
              key={order.id}
              className="flex items-center gap-2 border-b border-line/60 py-1.5 text-[13px]"
            >
              <Ltr>{order.code}</Ltr>
              <span
                className={clsx(
                  "flex min-w-0 grow items-center gap-1 text-xs",
                  UNDER_WAY.includes(order.status) ? "font-medium text-ink" : "text-ink-2",
                )}
              >
                <Icon size={13} aria-hidden="true" className="shrink-0" />
                <span className="truncate">{t(`desk.order_${order.status}`)}</span>
              </span>
              <span className="num shrink-0 font-medium">
                {format.money(order.total_minor, order.currency)}
              </span>
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** Yes is a check, no is a barred circle; no traffic lights. */
function Consents({ contact }: { contact: Contact }) {
  const t = useT();
  const name = useChannelName();
  if (!contact.consents.length) return null;
  return (
    <>
      <h3 className={heading}>{t("desk.may_contact")}</h3>
      <ul className="flex flex-wrap gap-1">
        {contact.consents.map((consent) => (
          <li key={`${consent.kind}-${consent.purpose}`}>
            <Pill
              icon={consent.allowed ? Check : Ban}
              className={clsx(!consent.allowed && "text-ink-3!")}
            >
              <span className={clsx(!consent.allowed && "line-through")}>{name(consent.kind)}</span>
              {consent.purpose === "marketing" && (
                <span className="font-normal">{t("desk.marketing")}</span>
              )}
              <span className="sr-only">
                {t(consent.allowed ? "desk.allowed" : "desk.not_allowed")}
              </span>
            </Pill>
          </li>
        ))}
      </ul>
    </>
  );
}

function Recent({ contact, current }: { contact: Contact; current: string }) {
  const t = useT();
  const format = useFormat();
  const now = useNow("minute");
  const said = ({ subject, preview, number }: Contact["recent"][number]) =>
    subject ||
    preview.text ||
    (preview.attachments ? t("desk.attachments", { n: preview.attachments }) : ltr(number));
  const others = contact.recent.filter((r) => r.conversation_id !== current).slice(0, 5);
  if (!others.length) return null;
  return (
    <>
      <h3 className={clsx(heading, "mb-1!")}>{t("desk.earlier")}</h3>
      <ul>
        {others.map((other) => (
          <li key={other.conversation_id}>
            <Link
              to="/conversations/$id"
              params={{ id: other.conversation_id }}
              search={(before) => ({ view: before.view ?? "all" })}
              className="flex items-center gap-2 rounded-lg py-1.5 text-[13px] hover:bg-raised"
            >
              <ChannelBadge kind={other.channel_kind} />
              <span dir="auto" className="bidi-line min-w-0 grow truncate">
                {said(other)}
              </span>
              <span className="num shrink-0 text-xs text-ink-2">
                {format.age(other.last_message_at, now)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
