import { downloadCalendarFile } from './calendar-file.ts'
import { createCard } from './cards.ts'
import { createDetails } from './details.ts'
import { type Listing, listings } from './listings.ts'
import { part } from './part.ts'
import { describe } from './proof-block.ts'
import { createSearch } from './search.ts'
import { createSocialProof } from './social-proof.ts'
import { tracker } from './tracking.ts'

const proof = createSocialProof(
  listings.map(({ id }) => id),
  render,
)
const details = createDetails({ onTicket, onSave })
const cards = listings.map((listing) => createCard(listing, { onOpen, onSave }))

function onOpen(listing: Listing): void {
  tracker.trackClick({ type: 'event', id: listing.id }, { position: listings.indexOf(listing) })
  details.open(listing)
  render()
}

function onTicket({ id }: Listing): void {
  tracker.track('outbound_click', { entity: { type: 'event', id } })
}

function onSave(listing: Listing): void {
  downloadCalendarFile(listing)
  void proof.save(listing.id)
  const news = `${listing.title}: saved. ${describe(proof.of(listing.id))}`
  // One is in the page, one in the dialog; a screen reader hears the one that can be reached.
  for (const said of document.querySelectorAll('.said')) said.textContent = news
}

function render(): void {
  for (const card of cards) card.proof.render(proof.of(card.listing.id))
  details.render(proof.of)
}

part(document, '#listings', HTMLElement).append(...cards.map(({ element }) => element))
createSearch(cards)
render()
void proof.refresh()
