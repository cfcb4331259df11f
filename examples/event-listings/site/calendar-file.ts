import type { Listing } from './listings.ts'

/** Offers the listing as a file that any calendar opens. It is made in the page, so it needs no network. */
export function downloadCalendarFile(listing: Listing): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([toCalendar(listing)], { type: 'text/calendar' }))
  link.download = `${listing.id}.ics`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

function toCalendar({ id, title, about, venue, address, ticketUrl, startsAt, endsAt }: Listing): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Lantern//Event listings//EN',
    'BEGIN:VEVENT',
    `UID:${id}@lantern.example`,
    `DTSTAMP:${toUtc(new Date())}`,
    `DTSTART:${toUtc(startsAt)}`,
    `DTEND:${toUtc(endsAt)}`,
    `SUMMARY:${escapeText(title)}`,
    `LOCATION:${escapeText(`${venue}, ${address}`)}`,
    `DESCRIPTION:${escapeText(about)}`,
    `URL:${ticketUrl}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return `${lines.map(fold).join('\r\n')}\r\n`
}

/** RFC 5545, 3.3.5: `20300131T193000Z`. */
const toUtc = (date: Date) => date.toISOString().replace(/\.\d+|[-:]/g, '')

/** RFC 5545, 3.3.11. */
const escapeText = (text: string) => text.replace(/[\\;,]/g, '\\$&').replace(/\n/g, '\\n')

/** RFC 5545, 3.1: at most 75 bytes a line, which 18 characters of any script are. */
const fold = (line: string) => (line.match(/.{1,18}/gu) ?? []).join('\r\n ')
