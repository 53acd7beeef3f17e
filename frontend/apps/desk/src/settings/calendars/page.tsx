import { useNavigate } from "@tanstack/react-router";
import type { KeptCalendar } from "@wasl/api";
import { isolate, ltr, useFormat, useT } from "@wasl/i18n";
import { Button, EmptyState, Pill } from "@wasl/ui";
import { CalendarDays, Plus } from "lucide-react";
import { useKeyedList, useKeyedName } from "../keyed-name.ts";
import type { SectionProps } from "../page.tsx";
import { Loaded, SectionPage } from "../parts.tsx";
import { useCalendars } from "../queries.ts";
import { RowTable } from "../rows.tsx";
import { Bookings } from "./bookings.tsx";
import { CalendarDrawer } from "./calendar-drawer.tsx";

const GRID =
  "grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)_minmax(0,1fr)_8rem_1rem]";

/** `/settings/calendars`, `…/<key>`, `…/<key>/bookings` and `…/new`. */
export default function CalendarsPage({ rest }: SectionProps) {
  const t = useT();
  const navigate = useNavigate();
  const calendars = useCalendars();
  const [first, second] = rest;
  const open = (path: string) =>
    void navigate({
      to: "/settings/$",
      params: { _splat: path ? `calendars/${path}` : "calendars" },
    });
  const calendar = calendars.data?.items.find(({ key }) => key === first);
  if (calendar && second === "bookings") return <Bookings calendar={calendar} />;
  return (
    <SectionPage
      title={t("settings.calendars")}
      lead={t("settings.calendars.lead")}
      action={
        <Button kind="primary" icon={Plus} onPress={() => open("new")}>
          {t("settings.calendars.add")}
        </Button>
      }
      drawer={
        (calendar || first === "new") && (
          <CalendarDrawer
            key={calendar?.key ?? "new"}
            calendar={calendar ?? null}
            taken={(calendars.data?.items ?? []).map(({ key }) => key)}
            close={() => open("")}
            showBookings={() => open(`${first}/bookings`)}
          />
        )
      }
    >
      <Loaded query={calendars}>
        {({ items }) =>
          items.length ? (
            <CalendarList calendars={items} current={calendar?.key} open={open} />
          ) : (
            <EmptyState icon={CalendarDays} title={t("settings.calendars.none")}>
              {t("settings.calendars.none_text")}
            </EmptyState>
          )
        }
      </Loaded>
    </SectionPage>
  );
}

function CalendarList(props: {
  calendars: KeptCalendar[];
  current: string | undefined;
  open: (key: string) => void;
}) {
  const t = useT();
  const format = useFormat();
  const named = useKeyedName();
  const listed = useKeyedList();
  return (
    <RowTable
      grid={GRID}
      header={
        <>
          <span>{t("settings.calendars.calendar")}</span>
          <span>{t("settings.calendars.slots")}</span>
          <span>{t("settings.calendars.flows")}</span>
          <span>{t("settings.calendars.bookings")}</span>
        </>
      }
      items={props.calendars.map((each) => ({ ...each, id: each.key }))}
      current={props.current}
      open={props.open}
    >
      {(calendar) => (
        <>
          <span className="min-w-0">
            <span dir="auto" className="bidi-line block truncate font-medium">
              {named(calendar)}
            </span>
            <span className="block truncate text-xs text-ink-2">{ltr(calendar.zone)}</span>
          </span>
          <span className="text-[13px] text-ink-2 max-md:col-span-2 max-md:row-start-2">
            {t("settings.calendars.slot", {
              time: isolate(format.span(calendar.slot_min * 60)),
              places: calendar.places,
            })}
          </span>
          <span dir="auto" className="bidi-line truncate text-[13px] text-ink-2 max-md:hidden">
            {listed(calendar.flows) || t("settings.calendars.unused")}
          </span>
          <span>
            <Pill tone={calendar.to_come ? "accent" : "neutral"}>
              {t("settings.calendars.to_come", { n: calendar.to_come })}
            </Pill>
          </span>
        </>
      )}
    </RowTable>
  );
}
