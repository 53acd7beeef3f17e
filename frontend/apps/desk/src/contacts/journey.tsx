import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Contact, JourneyPoint } from "@wasl/api";
import { directionOf, useFormat, useHasText, useLocale, useT } from "@wasl/i18n";
import { ChannelBadge, cardLook, Ltr, Skeleton } from "@wasl/ui";
import { clsx } from "clsx";
import { Clock, ShoppingBag } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useErrorText } from "../errors.ts";
import { api } from "../ground.ts";
import { inSpan, type Span, type Stretch, stretches, summaryOf } from "./journey-line.ts";

const SPANS: readonly Span[] = ["all", "year", "open"];
const pointKey = (point: JourneyPoint) => `${point.kind}-${point.at}-${point.order_code ?? ""}`;

/** One line of time: badges are contacts, rings are orders, a capsule is one interaction. */
export function Journey({ contact }: { contact: Contact }) {
  const t = useT();
  const text = useErrorText();
  const journey = useQuery({
    queryKey: ["contact", contact.id, "journey"],
    queryFn: () => api.call("GET /contacts/{id}/journey", { path: { id: contact.id } }),
  });
  const [span, setSpan] = useState<Span>("all");
  const points = useMemo(
    () => inSpan(journey.data?.points ?? [], span, new Date()),
    [journey.data, span],
  );
  const summary = summaryOf(points);
  return (
    <section className={cardLook}>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
        <h2 className="text-sm font-semibold">{t("contacts.journey")}</h2>
        {points.length > 0 && (
          <p className="text-xs text-ink-3">{t("contacts.journey_summary", { ...summary })}</p>
        )}
        <span className="grow" />
        <ToggleButtonGroup
          aria-label={t("contacts.journey_span")}
          disallowEmptySelection
          selectedKeys={[span]}
          onSelectionChange={([key]) => key && setSpan(key as Span)}
          className="inline-flex rounded-lg bg-sunken p-0.5 text-xs font-medium"
        >
          {SPANS.map((id) => (
            <ToggleButton
              key={id}
              id={id}
              className="rounded-md px-2.5 py-1 text-ink-2 data-selected:bg-surface data-selected:text-ink data-selected:shadow-card"
            >
              {t(`contacts.span_${id}`)}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </header>
      {journey.isPending && <Skeleton className="mx-4 mb-5 h-10" />}
      {journey.isError && <p className="px-4 pb-4 text-[13px] text-bad">{text(journey.error)}</p>}
      {journey.data && points.length === 0 && (
        <p className="px-4 pb-5 text-[13px] text-ink-2">{t("contacts.journey_none")}</p>
      )}
      {points.length > 0 && <Line key={span} points={points} contact={contact} />}
    </section>
  );
}

function Line({ points, contact }: { points: JourneyPoint[]; contact: Contact }) {
  const t = useT();
  const navigate = useNavigate();
  const { language } = useLocale();
  const list = useRef<HTMLOListElement>(null);
  const [current, setCurrent] = useState(points.length - 1);
  const line = useMemo(() => stretches(points), [points]);

  // The newest is in view at first, wherever the line begins.
  useEffect(() => {
    const box = list.current;
    if (box) box.scrollLeft = directionOf(language) === "rtl" ? -box.scrollWidth : box.scrollWidth;
  }, [language]);

  const open = (point: JourneyPoint) => {
    if (point.conversation_id)
      void navigate({
        to: "/conversations/$id",
        params: { id: point.conversation_id },
        search: { view: "all" },
      });
    else document.getElementById(`order-${point.order_code}`)?.focus();
  };
  const step = (event: KeyboardEvent) => {
    const forward = directionOf(language) === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    const to = {
      [forward]: current + 1,
      ArrowDown: current + 1,
      [back]: current - 1,
      ArrowUp: current - 1,
      Home: 0,
      End: points.length - 1,
    }[event.key];
    if (to === undefined || to < 0 || to >= points.length) return;
    event.preventDefault();
    setCurrent(to);
    list.current?.querySelectorAll<HTMLElement>("[data-point]")[to]?.focus();
  };
  const place = (point: JourneyPoint) => ({
    point,
    isCurrent: points.indexOf(point) === current,
    open: () => {
      setCurrent(points.indexOf(point));
      open(point);
    },
  });

  return (
    <ol
      ref={list}
      aria-label={t("contacts.journey")}
      onKeyDown={step}
      className="scroll-thin flex flex-col px-4 pb-4 md:flex-row md:overflow-x-auto md:pb-2"
    >
      {line.map((stretch) => (
        <StretchItem key={stretch.key} stretch={stretch} contact={contact} place={place} />
      ))}
    </ol>
  );
}

interface Place {
  point: JourneyPoint;
  isCurrent: boolean;
  open: () => void;
}
/** The line itself runs behind the items, at the height of the badges. */
const RAIL =
  "relative before:absolute before:bg-line-strong/50 before:start-5 before:inset-y-0 before:w-0.5 md:before:inset-x-0 md:before:inset-y-auto md:before:top-[54px] md:before:h-0.5 md:before:w-auto";

function StretchItem(props: {
  stretch: Stretch;
  contact: Contact;
  place: (point: JourneyPoint) => Place;
}) {
  const { stretch, contact, place } = props;
  const t = useT();
  const format = useFormat();
  if (stretch.type === "gap")
    return (
      <li
        className={clsx(
          RAIL,
          "flex min-h-10 items-center md:min-h-0 md:min-w-24 md:grow md:items-start md:justify-center md:pt-[43px]",
        )}
      >
        <span className="relative ms-1 rounded-full border border-dashed border-line-strong/60 bg-surface px-2 text-2xs leading-5 whitespace-nowrap text-ink-3 md:ms-0">
          {t("contacts.silence", { span: silence(stretch.seconds, t, format) })}
        </span>
      </li>
    );
  if (stretch.type === "order")
    return (
      <li className={clsx(RAIL, "md:w-24 md:shrink-0 md:grow md:pt-8")}>
        <Point {...place(stretch.point)} />
      </li>
    );
  const first = stretch.points[0];
  const subject = contact.recent.find(
    (each) => each.conversation_id === first?.conversation_id,
  )?.subject;
  return (
    <li
      className={clsx(RAIL, "md:min-w-44 md:shrink-0 md:px-2")}
      style={{ flexGrow: stretch.points.length }}
    >
      <p className="relative flex items-center gap-2 pt-2 pb-1 ps-1 text-xs max-md:bg-surface md:h-8 md:w-0 md:min-w-full md:py-0">
        <Ltr className="text-ink-3">{first?.number}</Ltr>
        {subject && (
          <span dir="auto" className="bidi-line truncate font-medium">
            {subject}
          </span>
        )}
        {stretch.open && (
          <span className="inline-flex shrink-0 items-center gap-1 font-medium text-accent-text">
            <Clock size={12} aria-hidden="true" />
            {t("contacts.open")}
          </span>
        )}
      </p>
      <div className="relative">
        <span
          aria-hidden="true"
          className={clsx(
            "absolute inset-y-0 start-0 w-10.5 rounded-full border md:inset-x-0 md:top-0 md:bottom-auto md:h-11 md:w-auto",
            stretch.open ? "border-accent bg-accent-soft" : "border-line bg-sunken",
          )}
        />
        <ol
          className={clsx(
            "relative flex flex-col py-1 md:flex-row md:py-0",
            "before:absolute before:start-5 before:inset-y-5 before:w-0.5 md:before:inset-x-12 md:before:inset-y-auto md:before:top-[21px] md:before:h-0.5 md:before:w-auto",
            stretch.open ? "before:bg-accent" : "before:bg-line-strong/70",
          )}
        >
          {stretch.points.map((point) => (
            <li key={pointKey(point)} className="md:w-20 md:shrink-0 md:grow">
              <Point {...place(point)} />
            </li>
          ))}
        </ol>
      </div>
    </li>
  );
}

const DAY_S = 86_400;
function silence(
  seconds: number,
  t: ReturnType<typeof useT>,
  format: ReturnType<typeof useFormat>,
): string {
  const months = Math.round(seconds / (30.4 * DAY_S));
  return months > 1 ? t("contacts.months", { n: months }) : format.span(seconds);
}

/** The time today, else the day, with the year when it is another one. */
function whenOf(at: string, format: ReturnType<typeof useFormat>): string {
  const today = new Date().toDateString() === new Date(at).toDateString();
  return today ? format.time(at) : format.age(at, Date.now());
}

function Point({ point, isCurrent, open }: Place) {
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const kind = point.channel_kind ?? "";
  const name = has(`channel.${kind}`) ? t(`channel.${kind}`) : kind;
  return (
    <button
      type="button"
      data-point
      tabIndex={isCurrent ? 0 : -1}
      onClick={open}
      className="relative flex w-full items-center gap-3 rounded-xl py-1.5 ps-1.75 pe-2 text-start hover:[&_[data-name]]:underline md:flex-col md:gap-1.5 md:px-0 md:py-2 md:text-center"
    >
      {point.kind === "order" ? (
        <span className="grid size-7 shrink-0 place-items-center rounded-full border border-line-strong/70 bg-surface text-ink-2">
          <ShoppingBag size={14} aria-hidden="true" />
        </span>
      ) : (
        <ChannelBadge kind={kind} size={28} ring />
      )}
      <span className="flex min-w-0 grow items-baseline justify-between gap-2 leading-4 md:mt-1.5 md:block md:w-full">
        <span data-name className="block truncate text-xs font-medium">
          {point.kind === "order" ? (
            <>
              <span className="sr-only">{t("contacts.order_point")} </span>
              <Ltr>{point.order_code}</Ltr>
            </>
          ) : (
            name
          )}
        </span>
        <span className="num block truncate text-2xs text-ink-2 md:mt-0.5">
          <span className="sr-only">, </span>
          {whenOf(point.at, format)}
          <span className="sr-only">, {point.number}</span>
        </span>
      </span>
    </button>
  );
}
