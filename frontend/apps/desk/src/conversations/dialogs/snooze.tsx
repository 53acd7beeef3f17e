import { type DateValue, getLocalTimeZone, now as zonedNow } from "@internationalized/date";
import { ltr, useFormat, useLocale, useT } from "@wasl/i18n";
import { Button, Dialog, fieldLook, labelLook, popoverLook } from "@wasl/ui";
import { CalendarDays, ChevronLeft, ChevronRight, CircleAlert } from "lucide-react";
import { useState } from "react";
import {
  Button as AriaButton,
  Dialog as AriaDialog,
  Calendar,
  CalendarCell,
  CalendarGrid,
  DateInput,
  DatePicker,
  DateSegment,
  Group,
  Heading,
  Label,
  Popover,
} from "react-aria-components";
import { useNow } from "../../clock.ts";

/** The first working day of the week begins the "next week". */
const WEEK_STARTS = { en: 1, fa: 6, ar: 0 };
const MORNING = 9;

function presets(now: number, language: keyof typeof WEEK_STARTS) {
  const morning = (days: number) => {
    const at = new Date(now);
    at.setDate(at.getDate() + days);
    at.setHours(MORNING, 0, 0, 0);
    return at;
  };
  const toWeek = (WEEK_STARTS[language] - new Date(now).getDay() + 7) % 7 || 7;
  return [
    { id: "hour", at: new Date(now + 3_600_000) },
    { id: "tomorrow", at: morning(1) },
    { id: "week", at: morning(toWeek) },
  ];
}

interface Props {
  number: string;
  onSnooze: (until: Date) => void;
  onClose: () => void;
}

export function SnoozeDialog({ number, onSnooze, onClose }: Props) {
  const t = useT();
  const format = useFormat();
  const { language } = useLocale();
  const now = useNow("minute");
  const [chosen, setChosen] = useState<DateValue | null>(null);
  const at = chosen?.toDate(getLocalTimeZone());
  const past = at !== undefined && at.getTime() <= Date.now();
  const take = (until: Date) => {
    onSnooze(until);
    onClose();
  };
  const nav = "grid size-8 place-items-center rounded-lg text-ink-2 data-hovered:bg-sunken";
  return (
    <Dialog
      title={t("desk.snooze_title", { number: ltr(number) })}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button kind="primary" isDisabled={!at || past} onPress={() => at && take(at)}>
            {t("desk.snooze")}
          </Button>
        </>
      }
    >
      <ul className="flex flex-col gap-1.5">
        {presets(now, language).map((preset) => (
          <li key={preset.id}>
            <Button onPress={() => take(preset.at)} className="h-10! w-full justify-between!">
              {t(`desk.snooze_${preset.id}`)}
              <span className="num text-xs font-normal text-ink-2">
                {preset.id === "hour"
                  ? format.time(preset.at)
                  : t("common.day_time", {
                      day: `${format.weekday(preset.at)} ${format.dayMonth(preset.at)}`,
                      time: format.time(preset.at),
                    })}
              </span>
            </Button>
          </li>
        ))}
      </ul>
      <DatePicker
        granularity="minute"
        hourCycle={24}
        hideTimeZone
        placeholderValue={zonedNow(getLocalTimeZone())}
        value={chosen}
        onChange={setChosen}
        isInvalid={past}
        className="mt-4"
      >
        <Label className={labelLook}>{t("desk.snooze_date")}</Label>
        <Group className={`${fieldLook} h-9 ps-3 pe-1`}>
          <DateInput className="block grow whitespace-nowrap">
            {(segment) => (
              <DateSegment
                segment={segment}
                className="inline rounded px-0.5 tabular-nums outline-none data-focused:bg-accent data-focused:text-accent-ink data-placeholder:text-ink-3"
              />
            )}
          </DateInput>
          <AriaButton className={nav}>
            <CalendarDays size={16} aria-hidden="true" />
          </AriaButton>
        </Group>
        {past && (
          <p role="alert" className="mt-1 flex items-center gap-1 text-xs text-bad">
            <CircleAlert size={13} aria-hidden="true" />
            {t("desk.snooze_past")}
          </p>
        )}
        <Popover className={popoverLook}>
          <AriaDialog className="outline-none">
            <Calendar>
              <header className="flex items-center justify-between pb-1">
                <AriaButton slot="previous" className={nav}>
                  <ChevronLeft size={16} aria-hidden="true" className="icon-flip" />
                </AriaButton>
                <Heading className="text-sm font-medium" />
                <AriaButton slot="next" className={nav}>
                  <ChevronRight size={16} aria-hidden="true" className="icon-flip" />
                </AriaButton>
              </header>
              <CalendarGrid className="text-center text-[13px]">
                {(date) => (
                  <CalendarCell
                    date={date}
                    className="grid size-8 place-items-center rounded-lg outline-none data-disabled:text-ink-3 data-hovered:bg-sunken data-outside-month:hidden data-selected:bg-accent data-selected:text-accent-ink data-focus-visible:ring-2 data-focus-visible:ring-(--ring)"
                  />
                )}
              </CalendarGrid>
            </Calendar>
          </AriaDialog>
        </Popover>
      </DatePicker>
      <p className="mt-3 text-xs text-ink-2">{t("desk.snooze_text")}</p>
    </Dialog>
  );
}
