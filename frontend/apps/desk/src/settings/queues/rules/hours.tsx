import {
  GregorianCalendar,
  getLocalTimeZone,
  parseDate,
  parseTime,
  toCalendar,
  today,
} from "@internationalized/date";
import { useFormat, useLocale, useT } from "@wasl/i18n";
import { Button, fieldLook, IconButton, Switch, TextField } from "@wasl/ui";
import { Plus, X } from "lucide-react";
import { DateField, DateInput, DateSegment, TimeField } from "react-aria-components";
import {
  type HolidayDraft,
  type HoursDraft,
  newHoliday,
  newSpan,
  type SpanDraft,
  usualHours,
} from "./opening.ts";

/** Which day, from Monday, begins the week. */
export const WEEK_BEGINS = { en: 0, fa: 5, ar: 6 };
const A_MONDAY = Date.UTC(2024, 0, 1, 12);
const DAY_MS = 86_400_000;

/** When a queue is open: every day of the week, and holidays, in one time zone. */
export function Hours(props: {
  hours: HoursDraft | null;
  change: (hours: HoursDraft | null) => void;
}) {
  const t = useT();
  const { language } = useLocale();
  const { hours, change } = props;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 text-[13px] font-medium">{t("settings.rule.hours")}</legend>
      <Switch
        isSelected={hours === null}
        onChange={(always) => change(always ? null : usualHours(getLocalTimeZone(), language))}
      >
        {t("settings.rule.hours_always")}
      </Switch>
      {hours && (
        <div className="mt-3 flex flex-col gap-3">
          <TextField
            label={t("settings.rule.zone")}
            value={hours.zone}
            onChange={(zone) => change({ ...hours, zone })}
            ltr
            maxLength={80}
          />
          <Week
            weekly={hours.weekly}
            change={(weekly) => change({ ...hours, weekly })}
            begins={WEEK_BEGINS[language]}
          />
          <Holidays
            holidays={hours.holidays}
            change={(holidays) => change({ ...hours, holidays })}
          />
        </div>
      )}
    </fieldset>
  );
}

/** When each day of the week is open. */
export function Week(props: {
  weekly: SpanDraft[][];
  change: (weekly: SpanDraft[][]) => void;
  begins: number;
}) {
  const format = useFormat();
  const { weekly, change, begins } = props;
  const days = weekly.map((_, n) => (begins + n) % 7);
  return (
    <ul className="divide-y divide-line/70 rounded-lg border border-line">
      {days.map((day) => (
        <li key={day} className="px-3 py-2">
          <Spans
            day={format.weekday(A_MONDAY + day * DAY_MS)}
            spans={weekly[day] ?? []}
            change={(spans) => change(weekly.map((each, n) => (n === day ? spans : each)))}
          />
        </li>
      ))}
    </ul>
  );
}

function Spans(props: { day: string; spans: SpanDraft[]; change: (spans: SpanDraft[]) => void }) {
  const t = useT();
  const { day, spans, change } = props;
  const set = (span: SpanDraft, some: Partial<SpanDraft>) =>
    change(spans.map((each) => (each === span ? { ...each, ...some } : each)));
  return (
    <div className="flex flex-wrap items-start gap-x-2 gap-y-1.5">
      <span className="min-w-16 grow py-1.5 text-[13px]">{day}</span>
      <div className="flex flex-col gap-1.5">
        {spans.length === 0 && (
          <span className="py-1.5 text-[13px] text-ink-2">{t("settings.rule.closed")}</span>
        )}
        {spans.map((span) => (
          <div key={span.id} className="flex items-center gap-1.5">
            <Clock
              label={t("settings.rule.from", { day })}
              value={span.from}
              change={(from) => set(span, { from })}
            />
            <span aria-hidden="true">–</span>
            <Clock
              label={t("settings.rule.until", { day })}
              value={span.until}
              change={(until) => set(span, { until })}
            />
            <IconButton
              icon={X}
              size="sm"
              label={t("settings.rule.remove_span", { day })}
              onPress={() => change(spans.filter((each) => each !== span))}
            />
          </div>
        ))}
      </div>
      <IconButton
        icon={Plus}
        size="sm"
        label={t("settings.rule.add_span", { day })}
        onPress={() => change([...spans, newSpan()])}
        className="mt-1"
      />
    </div>
  );
}

const segmentLook =
  "inline rounded px-0.5 tabular-nums outline-none data-focused:bg-accent data-focused:text-accent-ink data-placeholder:text-ink-3";

function Clock(props: { label: string; value: string; change: (value: string) => void }) {
  return (
    <TimeField
      aria-label={props.label}
      hourCycle={24}
      shouldForceLeadingZeros
      value={parseTime(props.value)}
      onChange={(time) => time && props.change(time.toString().slice(0, 5))}
    >
      <DateInput dir="ltr" className={`${fieldLook} block! h-8 w-19! px-1 py-1 text-center`}>
        {(segment) => <DateSegment segment={segment} className={segmentLook} />}
      </DateInput>
    </TimeField>
  );
}

/** A day, written in the reader's calendar and kept as 2026-11-22. */
export function DayField(props: { label: string; value: string; change: (day: string) => void }) {
  return (
    <DateField
      aria-label={props.label}
      value={parseDate(props.value)}
      onChange={(date) =>
        date && props.change(toCalendar(date, new GregorianCalendar()).toString())
      }
      className="grow"
    >
      <DateInput className={`${fieldLook} block! h-8 px-2 py-1`}>
        {(segment) => <DateSegment segment={segment} className={segmentLook} />}
      </DateInput>
    </DateField>
  );
}

function Holidays(props: { holidays: HolidayDraft[]; change: (holidays: HolidayDraft[]) => void }) {
  const t = useT();
  const { holidays, change } = props;
  const set = (holiday: HolidayDraft, some: Partial<HolidayDraft>) =>
    change(holidays.map((each) => (each === holiday ? { ...each, ...some } : each)));
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-[13px] font-medium">{t("settings.rule.holidays")}</legend>
      <ul className="flex flex-col gap-2">
        {holidays.map((holiday) => (
          <li key={holiday.id} className="rounded-lg border border-line px-3 py-2">
            <div className="flex items-center gap-2">
              <DayField
                label={t("settings.rule.holiday")}
                value={holiday.date}
                change={(date) => set(holiday, { date })}
              />
              <IconButton
                icon={X}
                size="sm"
                label={t("settings.rule.remove_holiday")}
                onPress={() => change(holidays.filter((each) => each !== holiday))}
              />
            </div>
            <Spans
              day={t("settings.rule.holiday")}
              spans={holiday.spans}
              change={(spans) => set(holiday, { spans })}
            />
          </li>
        ))}
      </ul>
      <Button
        icon={Plus}
        onPress={() => change([...holidays, newHoliday(today(getLocalTimeZone()).toString())])}
        className="mt-2"
      >
        {t("settings.rule.add_holiday")}
      </Button>
    </fieldset>
  );
}
