const FIRST_HOUR = 8;
const LAST_HOUR = 20;

/** Full hours to be called after, of the day of `now` and the next: ms since the epoch. */
export function moments(now: number): number[] {
  const found: number[] = [];
  for (const ahead of [0, 1])
    for (let hour = FIRST_HOUR; hour <= LAST_HOUR; hour++) {
      const at = new Date(now);
      at.setDate(at.getDate() + ahead);
      const moment = at.setHours(hour, 0, 0, 0);
      if (moment > now) found.push(moment);
    }
  return found;
}

/** True for a moment of the day after that of `now`. */
export function isTomorrow(moment: number, now: number): boolean {
  const tomorrow = new Date(now);
  tomorrow.setDate(tomorrow.getDate() + 1);
  return new Date(moment).toDateString() === tomorrow.toDateString();
}
