export interface Span {
  startsAt: Date
  endsAt: Date
}

/**
 * The next such weekday at such an hour, so that the listings never grow old.
 *
 * @param weekday 0 is Sunday
 * @param time as in `20:30`
 * @param weeksLater how many weeks after the first such day, which is tomorrow at the earliest
 */
export function upcoming(weekday: number, time: string, hours: number, weeksLater = 0): Span {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const startsAt = new Date()
  const daysAhead = ((weekday - startsAt.getDay() + 6) % 7) + 1
  startsAt.setDate(startsAt.getDate() + daysAhead + weeksLater * 7)
  startsAt.setHours(hour, minute, 0, 0)
  return { startsAt, endsAt: new Date(startsAt.getTime() + hours * 3_600_000) }
}
