import type { Contact, Order, OrderStatus } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { Bidi, Ltr } from "@wasl/ui";
import {
  Ban,
  CreditCard,
  type LucideIcon,
  Package,
  PackageCheck,
  ShoppingBag,
  Truck,
  Undo2,
} from "lucide-react";
import { Nothing, Panel } from "./panel.tsx";

/** States of orders are ink, not traffic lights. */
const ICON: Record<OrderStatus, LucideIcon> = {
  placed: ShoppingBag,
  paid: CreditCard,
  shipped: Package,
  out_for_delivery: Truck,
  delivered: PackageCheck,
  returned: Undo2,
  cancelled: Ban,
};

export function Orders({ contact }: { contact: Contact }) {
  const t = useT();
  return (
    <Panel title={t("contacts.orders")}>
      {contact.orders.length ? (
        <ul className="px-4 py-1">
          {contact.orders.map((order) => (
            <Item key={order.id} order={order} />
          ))}
        </ul>
      ) : (
        <Nothing>{t("contacts.orders_none")}</Nothing>
      )}
    </Panel>
  );
}

function Item({ order }: { order: Order }) {
  const t = useT();
  const format = useFormat();
  const Icon = ICON[order.status] ?? Package;
  const items = format.list(
    order.items.map(({ name, quantity }) =>
      quantity > 1 ? t("contacts.item_times", { name, n: quantity }) : name,
    ),
  );
  return (
    <li
      id={`order-${order.code}`}
      tabIndex={-1}
      className="grid grid-cols-[72px_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 border-b border-line/70 py-2 text-[13px] last:border-0 sm:grid-cols-[72px_minmax(0,1fr)_88px_minmax(112px,auto)_96px]"
    >
      <Ltr className="bidi-line font-medium">{order.code}</Ltr>
      <span dir="auto" className="bidi-line truncate">
        <Bidi>{items}</Bidi>
      </span>
      <span className="num hidden text-xs whitespace-nowrap text-ink-3 sm:block">
        {format.dayMonth(order.placed_at)}
      </span>
      <span className="inline-flex items-center gap-1.5 text-xs text-ink-2 max-sm:order-last max-sm:col-span-3">
        <Icon size={14} aria-hidden="true" className="shrink-0" />
        {t(`contacts.order.${order.status}`)}
      </span>
      <span className="num text-end font-medium whitespace-nowrap">
        {format.money(order.total_minor, order.currency)}
      </span>
    </li>
  );
}
