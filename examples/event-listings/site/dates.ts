const inEnglish = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', options)

const weekday = inEnglish({ weekday: 'short' })
const day = inEnglish({ day: 'numeric' })
const month = inEnglish({ month: 'short' })
const time = inEnglish({ hour: '2-digit', minute: '2-digit' })
const full = inEnglish({ weekday: 'long', day: 'numeric', month: 'long' })

/** For the tear-off calendar leaf on a picture. */
export const leaf = (date: Date) => ({
  weekday: weekday.format(date),
  day: day.format(date),
  month: month.format(date),
})

export const timeOf = (date: Date) => time.format(date)

/** Saturday 14 June, 20:30 */
export const fullDate = (date: Date) => `${full.format(date)}, ${time.format(date)}`
