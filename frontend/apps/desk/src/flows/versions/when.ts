import type { FlowVersion } from "@wasl/api";
import { useFormat } from "@wasl/i18n";

/** When a version was published: the day, and the time where another one is of the same day. */
export function useWhen(versions: readonly FlowVersion[]): (at: string) => string {
  const format = useFormat();
  const days = versions.map(({ published_at: at }) => format.dayMonth(at));
  return (at) => {
    const day = format.dayMonth(at);
    return days.filter((each) => each === day).length > 1 ? format.dateTime(at) : day;
  };
}
