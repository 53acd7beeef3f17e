import { getLocalTimeZone, today } from "@internationalized/date";
import type { BookingCalendar, KeptCalendar } from "@wasl/api";
import { isolate, useFormat, useLocale, useT } from "@wasl/i18n";
import { Button, IconButton, TextField, toast } from "@wasl/ui";
import { CalendarClock, Plus, Trash2, X } from "lucide-react";
import { useState } from "react";
import { useErrorToast } from "../../errors.ts";
import { api } from "../../ground.ts";
import { EditDrawer } from "../edit-drawer.tsx";
import { useKeyedList, useKeyedName } from "../keyed-name.ts";
import { NamesFields } from "../names-field.tsx";
import { Failure, NumberField } from "../parts.tsx";
import { refresh } from "../queries.ts";
import { DayField, WEEK_BEGINS, Week } from "../queues/rules/hours.tsx";
import type { SpanDraft } from "../queues/rules/opening.ts";
import { usualHours } from "../queues/rules/opening.ts";
import { isBackwards, weekDraft, weekOf } from "./hours.ts";

const KEY = /^[a-z][a-z0-9_]{0,39}$/;

interface Draft {
  key: string;
  names: { en: string; fa: string; ar: string };
  zone: string;
  weekly: SpanDraft[][];
  holidays: { id: string; day: string }[];
  slot_min: number | null;
  places: number | null;
}

const NO_NAMES = { en: "", fa: "", ar: "" };
const draftOf = (calendar: KeptCalendar): Draft => ({
  key: calendar.key,
  names: { ...NO_NAMES, ...calendar.names },
  zone: calendar.zone,
  weekly: weekDraft(calendar.weekly),
  holidays: calendar.holidays.map((day) => ({ id: crypto.randomUUID(), day })),
  slot_min: calendar.slot_min,
  places: calendar.places,
});
const fresh = (language: string): Draft => ({
  key: "",
  names: NO_NAMES,
  zone: getLocalTimeZone(),
  weekly: usualHours("", language).weekly,
  holidays: [],
  slot_min: 30,
  places: 1,
});
const bodyOf = (draft: Draft): BookingCalendar => ({
  names: draft.names,
  zone: draft.zone.trim(),
  weekly: weekOf(draft.weekly),
  holidays: [...new Set(draft.holidays.map(({ day }) => day))].sort(),
  slot_min: draft.slot_min ?? 30,
  places: draft.places ?? 1,
});

export function CalendarDrawer(props: {
  calendar: KeptCalendar | null;
  /** The keys of all. */
  taken: string[];
  close: () => void;
  showBookings: () => void;
}) {
  const { calendar, close } = props;
  const t = useT();
  const named = useKeyedName();
  const { language } = useLocale();
  const failed = useErrorToast();
  const [saved] = useState<Draft>(() => (calendar ? draftOf(calendar) : fresh(language)));
  const [draft, setDraft] = useState(saved);
  const [checked, setChecked] = useState(false);
  const [dropped, setDropped] = useState(false);
  const set = (change: Partial<Draft>) => setDraft((d) => ({ ...d, ...change }));
  const required = (missing: boolean) => (checked && missing ? t("settings.fault.required") : null);
  const badKey =
    !calendar && !KEY.test(draft.key)
      ? t("flows.key_wrong")
      : !calendar && props.taken.includes(draft.key)
        ? t("settings.calendars.key_taken")
        : null;
  const backwards = isBackwards(weekOf(draft.weekly));
  const complete =
    Object.values(draft.names).every((name) => name.trim()) &&
    draft.zone.trim() !== "" &&
    draft.slot_min !== null &&
    draft.places !== null &&
    !badKey &&
    !backwards;
  const put = (key: string, body: BookingCalendar) =>
    api.call("PUT /calendars/{key}", { path: { key }, body }).then(() => refresh("calendars"));
  const drop = async (known: KeptCalendar) => {
    await api.call("DELETE /calendars/{key}", { path: { key: known.key } });
    await refresh("calendars");
    toast(t("settings.dropped", { name: isolate(named(known)) }), {
      action: {
        label: t("settings.undo"),
        run: () => void put(known.key, bodyOf(draftOf(known))).catch(failed),
      },
    });
    setDropped(true);
    close();
  };
  return (
    <EditDrawer
      title={calendar ? named(calendar) : t("settings.calendars.add")}
      changed={!dropped && JSON.stringify(draft) !== JSON.stringify(saved)}
      close={close}
      check={() => {
        setChecked(true);
        return complete;
      }}
      save={async () => {
        await put(draft.key, bodyOf(draft));
        return named(draft);
      }}
    >
      {calendar && (
        <Button icon={CalendarClock} onPress={props.showBookings} className="self-start">
          {t("settings.calendars.show_bookings", { n: calendar.to_come })}
        </Button>
      )}
      <NamesFields
        label={(each) => t("settings.name_in", { language: each })}
        value={draft.names}
        onChange={(names) => set({ names })}
        error={checked ? t("settings.fault.required") : null}
        maxLength={80}
      />
      {!calendar && (
        <TextField
          label={t("settings.calendars.key")}
          description={t("settings.calendars.key_about")}
          ltr
          value={draft.key}
          onChange={(key) => set({ key })}
          error={checked ? badKey : null}
          maxLength={40}
          isRequired
        />
      )}
      <div className="grid grid-cols-2 items-start gap-3">
        <NumberField
          label={t("settings.calendars.slot_min")}
          unit={t("settings.unit.minutes")}
          value={draft.slot_min}
          onChange={(slot_min) => set({ slot_min })}
          min={5}
          max={480}
          error={required(draft.slot_min === null)}
        />
        <NumberField
          label={t("settings.calendars.places")}
          value={draft.places}
          onChange={(places) => set({ places })}
          min={1}
          max={100}
          steps
          error={required(draft.places === null)}
        />
      </div>
      <TextField
        label={t("settings.rule.zone")}
        value={draft.zone}
        onChange={(zone) => set({ zone })}
        ltr
        maxLength={64}
        error={required(draft.zone.trim() === "")}
      />
      <fieldset className="min-w-0">
        <legend className="mb-1.5 text-[13px] font-medium">{t("settings.calendars.weekly")}</legend>
        <Week
          weekly={draft.weekly}
          change={(weekly) => set({ weekly })}
          begins={WEEK_BEGINS[language]}
        />
        {checked && backwards && (
          <Failure className="mt-2">{t("settings.calendars.backwards")}</Failure>
        )}
      </fieldset>
      <DaysOff days={draft.holidays} change={(holidays) => set({ holidays })} />
      {calendar && (
        <div className="border-t border-line pt-4">
          <p className="mb-2 text-[13px] text-ink-2">
            <UsedBy calendar={calendar} />
          </p>
          <Button
            kind="danger-line"
            icon={Trash2}
            onPress={() => void drop(calendar).catch(failed)}
          >
            {t("common.delete")}
          </Button>
        </div>
      )}
    </EditDrawer>
  );
}

function UsedBy({ calendar }: { calendar: KeptCalendar }) {
  const t = useT();
  const flows = useKeyedList()(calendar.flows);
  return t(flows ? "settings.calendars.used_by" : "settings.calendars.used_by_none", { flows });
}

function DaysOff(props: { days: Draft["holidays"]; change: (days: Draft["holidays"]) => void }) {
  const t = useT();
  const format = useFormat();
  const { days, change } = props;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-[13px] font-medium">{t("settings.rule.holidays")}</legend>
      <ul className="flex flex-col gap-2">
        {days.map((one) => (
          <li key={one.id} className="flex items-center gap-2">
            <DayField
              label={t("settings.rule.holiday")}
              value={one.day}
              change={(day) => change(days.map((each) => (each === one ? { ...one, day } : each)))}
            />
            <span className="w-24 truncate text-[13px] text-ink-2">
              {format.weekday(`${one.day}T12:00`)}
            </span>
            <IconButton
              icon={X}
              size="sm"
              label={t("settings.rule.remove_holiday")}
              onPress={() => change(days.filter((each) => each !== one))}
            />
          </li>
        ))}
      </ul>
      <Button
        icon={Plus}
        onPress={() =>
          change([...days, { id: crypto.randomUUID(), day: today(getLocalTimeZone()).toString() }])
        }
        className="mt-2"
      >
        {t("settings.rule.add_holiday")}
      </Button>
    </fieldset>
  );
}
