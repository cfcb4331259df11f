import type { Card } from './cards.ts'
import { part } from './part.ts'
import { tracker } from './tracking.ts'

/** The search box and the genres: they hide what does not match, say how much is left, and record what was looked for. */
export function createSearch(cards: readonly Card[]): void {
  const box = part(document, '#search', HTMLInputElement)
  const genres = part(document, '#genres', HTMLElement)
  const status = part(document, '#found', HTMLElement)
  const nothing = part(document, '#nothing', HTMLElement)
  let genre = ''

  function show(): number {
    const query = box.value.trim().toLowerCase()
    const found = cards.filter(({ listing }) => matches(query, genre, listing))
    for (const card of cards) card.element.hidden = !found.includes(card)
    status.textContent = `${found.length} ${found.length === 1 ? 'event' : 'events'}`
    nothing.hidden = found.length > 0
    return found.length
  }

  function addGenre(name: string, label = name): void {
    const chip = document.createElement('button')
    chip.type = 'button'
    chip.textContent = label
    chip.ariaPressed = String(name === genre)
    chip.addEventListener('click', () => {
      if (name === genre) return
      genre = name
      for (const other of genres.children) other.ariaPressed = String(other === chip)
      if (name) tracker.track('filter_apply', { props: { filter: 'genre', value: name } })
      else tracker.track('filter_clear', { props: { filter: 'genre' } })
      show()
    })
    genres.append(chip)
  }

  box.addEventListener('input', () => {
    const resultsCount = show()
    const query = box.value.trim()
    // The tracker waits until the visitor stops typing, and keeps the last one.
    if (query) tracker.track('search', { props: { query, resultsCount, ...(genre && { filters: { genre } }) } })
  })
  addGenre('', 'All')
  for (const name of new Set(cards.map(({ listing }) => listing.genre))) addGenre(name)
  show()
}

function matches(query: string, genre: string, listing: Card['listing']): boolean {
  if (genre && listing.genre !== genre) return false
  const { title, venue, address, about } = listing
  return [title, listing.genre, venue, address, about].join(' ').toLowerCase().includes(query)
}
