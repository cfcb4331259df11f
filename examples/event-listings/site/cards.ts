import { leaf, timeOf } from './dates.ts'
import type { Listing } from './listings.ts'
import { copyOf, part } from './part.ts'
import { createProofBlock, type ProofBlock } from './proof-block.ts'

export interface Card {
  listing: Listing
  element: HTMLElement
  proof: ProofBlock
}

interface CardActions {
  onOpen(listing: Listing): void
  onSave(listing: Listing): void
}

/** One listing of the grid. All of it opens the details, but for the button that saves. */
export function createCard(listing: Listing, { onOpen, onSave }: CardActions): Card {
  const copy = copyOf('card')
  const element = part(copy, '.card', HTMLElement)
  element.dataset.listing = listing.id
  part(copy, 'img', HTMLImageElement).src = listing.artwork
  const open = part(copy, '.open', HTMLButtonElement)
  open.textContent = listing.title
  open.addEventListener('click', () => onOpen(listing))

  part(copy, '.genre', HTMLElement).textContent = listing.genre
  part(copy, '.price', HTMLElement).textContent = listing.price
  part(copy, '.venue', HTMLElement).textContent = listing.venue
  part(copy, '.hour', HTMLElement).textContent = timeOf(listing.startsAt)
  const date = leaf(listing.startsAt)
  part(copy, '.leaf', HTMLTimeElement).dateTime = listing.startsAt.toISOString()
  for (const name of ['weekday', 'day', 'month'] as const) part(copy, `.${name}`, HTMLElement).textContent = date[name]

  const proof = createProofBlock(listing, onSave)
  part(copy, '.body', HTMLElement).append(proof.element)
  return { listing, element, proof }
}
