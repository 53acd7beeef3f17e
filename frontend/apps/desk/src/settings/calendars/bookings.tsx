import {
  type CalendarDate,
  parseAbsolute,
  toCalendarDate,
  today,
  toZoned,
} from "@internationalized/date";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Booking, KeptCalendar } from "@wasl/api";
import { isolate, ltr, useFormat, useLocale, useT } from "@wasl/i18n";
import { Button, cardLook, EmptyState, IconButton, toast } from "@wasl/ui";
import { clsx } from "clsx";
import { ArrowLeft, CalendarX, ChevronLeft, ChevronRight, MessageSquareText } from "lucide-react";
import { useState } from "react";
import { useErrorToast } from "../../errors.ts";
import { api } from "../../ground.ts";
import { useKeyedName } from "../keyed-name.ts";
import { Loaded } from "../parts.tsx";
import { refresh } from "../queries.ts";
import { WEEK_BEGINS } from "../queues/rules/hours.tsx";

/** What is booked in a week, day by day, on the calendar's own clock. */
export function Bookings({ calendar }: { calendar: KeptCalendar }) {
  const t = useT();
  const named = useKeyedName();
  const { language } = useLocale();
  const now = today(calendar.zone);
  const here = weekOf(now, WEEK_BEGINS[language]);
  const [first, setFirst] = useState(here);
  const span = {
    since: toZoned(first, calendar.zone).toAbsoluteString(),
    until: toZoned(first.add({ weeks: 1 }), calendar.zone).toAbsoluteString(),
  };
  const booked = useQuery({
    queryKey: ["bookings", calendar.key, span.since],
    queryFn: () =>
      api.call("GET /calendars/{key}/bookings", { path: { key: calendar.key }, query: span }),
    staleTime: 0,
  });
  return (
    <main className="min-w-0 grow overflow-y-auto p-4 md:p-5">
      <div className="mx-auto flex min-h-full max-w-3xl flex-col">
        <header className="mb-3 flex flex-wrap items-center gap-x-2 gap-y-2">
          <Link
            to="/settings/$"
            params={{ _splat: `calendars/${calendar.key}` }}
            aria-label={t("common.back")}
            className="-ms-1 grid size-8 place-items-center rounded-lg text-ink-2 hover:bg-sunken"
          >
            <ArrowLeft size={18} aria-hidden="true" className="icon-flip" />
          </Link>
          <div className="min-w-40 grow basis-0">
            <h1 className="text-lg leading-7 font-semibold">
              {t("settings.calendars.bookings_of", { name: isolate(named(calendar)) })}
            </h1>
            <p className="text-[13px] text-ink-2">
              {t("settings.calendars.clock_of", { zone: ltr(calendar.zone) })}
            </p>
          </div>
          <div className="flex items-center gap-1">
            <IconButton
              icon={ChevronLeft}
              flip
              label={t("settings.calendars.week_before")}
              onPress={() => setFirst(first.subtract({ weeks: 1 }))}
            />
            <Button isDisabled={first.compare(here) === 0} onPress={() => setFirst(here)}>
              {t("settings.calendars.this_week")}
            </Button>
            <IconButton
              icon={ChevronRight}
              flip
              label={t("settings.calendars.week_after")}
              onPress={() => setFirst(first.add({ weeks: 1 }))}
            />
          </div>
        </header>
        <WeekTitle first={first} />
        <Loaded query={booked}>
          {({ items }) => <Days calendar={calendar} first={first} now={now} items={items} />}
        </Loaded>
      </div>
    </main>
  );
}

/** The first day of a day's week; `begins` counts from Monday. */
function weekOf(day: CalendarDate, begins: number): CalendarDate {
  const weekday = (day.toDate("UTC").getUTCDay() + 6) % 7;
  return day.subtract({ days: (weekday - begins + 7) % 7 });
}

/** Its noon on this device's clock, by which dates are written. */
const noon = (day: CalendarDate) => `${day.toString()}T12:00`;

function WeekTitle({ first }: { first: CalendarDate }) {
  const t = useT();
  const format = useFormat();
  return (
    <p role="status" className="mb-2 text-sm font-medium">
      {t("settings.calendars.week", {
        first: isolate(format.dayMonth(noon(first))),
        last: isolate(format.date(noon(first.add({ days: 6 })))),
      })}
    </p>
  );
}

function Days(props: {
  calendar: KeptCalendar;
  first: CalendarDate;
  now: CalendarDate;
  items: Booking[];
}) {
  const t = useT();
  const format = useFormat();
  const { calendar, first, now, items } = props;
  if (!items.length)
    return (
      <EmptyState icon={CalendarX} title={t("settings.calendars.week_free")}>
        {t("settings.calendars.week_free_text")}
      </EmptyState>
    );
  const dayOf = (one: Booking) =>
    toCalendarDate(parseAbsolute(one.starts_at, calendar.zone)).toString();
  return [0, 1, 2, 3, 4, 5, 6].map((n) => {
    const day = first.add({ days: n });
    const booked = items.filter((one) => dayOf(one) === day.toString());
    if (!booked.length) return null;
    return (
      <section key={n} className={clsx(cardLook, "mb-3 overflow-hidden")}>
        <h2 className="flex items-center gap-2 border-b border-line px-4 py-2 text-sm font-semibold">
          {format.weekday(noon(day))} · {format.dayMonth(noon(day))}
          {day.compare(now) === 0 && (
            <span className="text-xs font-medium text-accent-text">
              {t("settings.calendars.today")}
            </span>
          )}
          <span className="grow" />
          <span className="text-xs font-normal text-ink-2">
            {t("settings.calendars.booked", { n: booked.length })}
          </span>
        </h2>
        <ul>
          {booked.map((one) => (
            <BookingRow key={one.id} calendar={calendar} booking={one} />
          ))}
        </ul>
      </section>
    );
  });
}

function BookingRow({ calendar, booking }: { calendar: KeptCalendar; booking: Booking }) {
  const t = useT();
  const format = useFormat();
  const failed = useErrorToast();
  const [busy, setBusy] = useState(false);
  const path = { key: calendar.key, id: booking.id };
  const name = booking.contact_name || t("settings.calendars.nobody");
  const again = () => Promise.all([refresh("bookings"), refresh("calendars")]);
  const restore = async () => {
    await api.call("POST /calendars/{key}/bookings/{id}/restore", { path });
    await again();
  };
  const cancel = async () => {
    setBusy(true);
    try {
      await api.call("POST /calendars/{key}/bookings/{id}/cancel", { path });
      toast(t("settings.calendars.cancelled", { name: isolate(name) }), {
        action: { label: t("settings.undo"), run: () => void restore().catch(failed) },
      });
      await again();
    } catch (error) {
      failed(error);
      setBusy(false);
    }
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line/70 px-4 py-2.5 last:border-0">
      <span className="num w-14 shrink-0 font-medium">
        {format.time(booking.starts_at, calendar.zone)}
      </span>
      <span className="min-w-32 grow basis-0">
        <Link
          to="/contacts/$"
          params={{ _splat: booking.contact_id }}
          dir="auto"
          className="bidi-line block truncate font-medium hover:underline"
        >
          {name}
        </Link>
        <span className="block text-xs text-ink-2">
          {t("settings.calendars.booked_at", { at: format.dateTime(booking.booked_at) })}
          {calendar.places > 1 && ` · ${t("settings.calendars.place", { n: booking.place })}`}
        </span>
      </span>
      <Link
        to="/conversations/$id"
        params={{ id: booking.conversation_id }}
        search={{ view: "all" }}
        aria-label={t("settings.calendars.conversation", { name: isolate(name) })}
        className="grid size-8 place-items-center rounded-lg text-ink-2 hover:bg-sunken"
      >
        <MessageSquareText size={17} aria-hidden="true" />
      </Link>
      {Date.parse(booking.starts_at) > Date.now() && (
        <Button
          kind="danger-line"
          size="sm"
          isPending={busy}
          aria-label={t("settings.calendars.cancel_of", { name: isolate(name) })}
          onPress={() => void cancel()}
        >
          {t("settings.calendars.cancel")}
        </Button>
      )}
    </li>
  );
}
