import { dayMs, dayOf } from './days.ts'

const digits = (count: number) => Array.from({ length: 10 ** count }, (_, n) => String(n).padStart(count, '0'))
const two = digits(2)
const three = digits(3)

/** Writes instants as `toISOString` does, in a tenth of the time: of each day the date is made once. */
export function isoTimes(): (ms: number) => string {
  const dates = new Map<number, string>()
  return (ms) => {
    const day = dayOf(ms)
    let date = dates.get(day)
    if (date === undefined) {
      date = new Date(ms).toISOString().slice(0, -'00:00:00.000Z'.length)
      dates.set(day, date)
    }
    const ofDay = ms - day * dayMs
    const seconds = Math.floor(ofDay / 1000)
    const minutes = Math.floor(seconds / 60)
    return `${date}${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[seconds % 60]}.${three[ofDay % 1000]}Z`
  }
}
