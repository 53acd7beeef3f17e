/** What React Aria says to screen readers, in Persian, by the area that asks for it. */
type Text = string | ((args: Record<string, string>, formatter: Formatter) => string);
interface Formatter {
  number(value: unknown): string;
  plural(value: unknown, forms: Record<string, unknown>): string;
  select(forms: Record<string, unknown>, value: unknown): string;
}

export const persian: Record<string, Record<string, Text>> = {
  components: {
    selectPlaceholder: "یکی را انتخاب کنید",
    tableResizer: "تغییر اندازه",
    dropzoneLabel: "جای رها کردن",
    colorSwatchPicker: "نمونه‌های رنگ",
  },
  overlays: { dismiss: "بستن" },
  searchfield: { "Clear search": "پاک کردن جستجو" },
  autocomplete: { collectionLabel: "پیشنهادها" },
  menu: { longPressMessage: "برای باز شدن منو نگه دارید یا Alt + ArrowDown را بزنید" },
  grid: {
    select: "انتخاب",
    selectedAll: "همهٔ موارد انتخاب شد.",
    selectedItem: (a) => `${a.item} انتخاب شد.`,
    deselectedItem: (a) => `${a.item} از انتخاب خارج شد.`,
    selectedCount: (a, f) =>
      `${f.plural(a.count, { "=0": "چیزی انتخاب نشده", other: () => `${f.number(a.count)} مورد انتخاب شد` })}.`,
    longPressToSelect: "برای رفتن به حالت انتخاب نگه دارید.",
  },
  tag: { removeDescription: "برای حذف برچسب Delete را بزنید.", removeButtonLabel: "حذف" },
  numberfield: {
    decrease: (a) => `کاهش ${a.fieldLabel}`,
    increase: (a) => `افزایش ${a.fieldLabel}`,
    numberField: "فیلد عدد",
  },
  spinbutton: { Empty: "خالی" },
  table: {
    select: "انتخاب",
    selectAll: "انتخاب همه",
    sortable: "ستون مرتب‌شدنی",
    ascending: "صعودی",
    descending: "نزولی",
    ascendingSort: (a) => `به ترتیب صعودی ${a.columnName} مرتب شد`,
    descendingSort: (a) => `به ترتیب نزولی ${a.columnName} مرتب شد`,
    columnSize: (a) => `${a.value} پیکسل`,
    resizerDescription: "برای تغییر اندازه Enter را بزنید",
    expand: "باز کردن",
    collapse: "بستن",
  },
  tree: { expand: "باز کردن", collapse: "بستن" },
  breadcrumbs: { breadcrumbs: "مسیر" },
  toast: {
    close: "بستن",
    notifications: (a, f) => `${f.number(a.count)} اعلان.`,
  },
  combobox: {
    focusAnnouncement: (a, f) =>
      `${f.select({ true: () => `گروه ${a.groupTitle} با ${f.number(a.groupCount)} گزینه. `, other: "" }, a.isGroupChange)}${a.optionText}${f.select({ true: "، انتخاب‌شده", other: "" }, a.isSelected)}`,
    countAnnouncement: (a, f) => `${f.number(a.optionCount)} گزینه هست.`,
    selectedAnnouncement: (a) => `${a.optionText}، انتخاب شد`,
    buttonLabel: "نمایش پیشنهادها",
    listboxLabel: "پیشنهادها",
  },
  calendar: {
    previous: "قبلی",
    next: "بعدی",
    selectedDateDescription: (a) => `تاریخ انتخاب‌شده: ${a.date}`,
    selectedRangeDescription: (a) => `بازهٔ انتخاب‌شده: ${a.dateRange}`,
    todayDate: (a) => `امروز، ${a.date}`,
    todayDateSelected: (a) => `امروز، ${a.date}، انتخاب‌شده`,
    dateSelected: (a) => `${a.date}، انتخاب‌شده`,
    startRangeSelectionPrompt: "برای شروع انتخاب بازه بزنید",
    finishRangeSelectionPrompt: "برای پایان انتخاب بازه بزنید",
    minimumDate: "نخستین تاریخ ممکن",
    maximumDate: "آخرین تاریخ ممکن",
    dateRange: (a) => `${a.startDate} تا ${a.endDate}`,
  },
  datepicker: {
    era: "دوره",
    year: "سال",
    month: "ماه",
    day: "روز",
    hour: "ساعت",
    minute: "دقیقه",
    second: "ثانیه",
    dayPeriod: "ق.ظ/ب.ظ",
    calendar: "تقویم",
    startDate: "تاریخ شروع",
    endDate: "تاریخ پایان",
    weekday: "روز هفته",
    timeZoneName: "منطقهٔ زمانی",
    selectedDateDescription: (a) => `تاریخ انتخاب‌شده: ${a.date}`,
    selectedRangeDescription: (a) => `بازهٔ انتخاب‌شده: ${a.startDate} تا ${a.endDate}`,
    selectedTimeDescription: (a) => `ساعت انتخاب‌شده: ${a.time}`,
  },
};
