import { fullDate } from './dates.ts'
import type { Listing } from './listings.ts'
import { part } from './part.ts'
import { createProofBlock, type ProofBlock } from './proof-block.ts'
import type { Proof } from './social-proof.ts'

interface DetailActions {
  onTicket(listing: Listing): void
  onSave(listing: Listing): void
}

export interface Details {
  open(listing: Listing): void
  render(proofOf: (id: string) => Proof): void
}

/** The dialog with everything about one listing. */
export function createDetails({ onTicket, onSave }: DetailActions): Details {
  const dialog = part(document, '#details', HTMLDialogElement)
  const ticket = part(dialog, '.ticket', HTMLAnchorElement)
  let shown: { listing: Listing; proof: ProofBlock } | undefined

  part(dialog, '.close', HTMLButtonElement).addEventListener('click', () => dialog.close())
  ticket.addEventListener('click', () => shown && onTicket(shown.listing))
  // A click on the backdrop is a click on the dialog itself, outside of everything in it.
  dialog.addEventListener('click', ({ target }) => target === dialog && dialog.close())

  return {
    open(listing) {
      const proof = createProofBlock(listing, onSave)
      shown = { listing, proof }
      part(dialog, 'img', HTMLImageElement).src = listing.artwork
      part(dialog, '.genre', HTMLElement).textContent = listing.genre
      part(dialog, 'h2', HTMLElement).textContent = listing.title
      part(dialog, '.when', HTMLElement).textContent = fullDate(listing.startsAt)
      part(dialog, '.where', HTMLElement).textContent = `${listing.venue}, ${listing.address}`
      part(dialog, '.about', HTMLElement).textContent = listing.about
      part(dialog, '.proof-place', HTMLElement).replaceChildren(proof.element)
      part(ticket, '.price', HTMLElement).textContent = listing.price
      ticket.href = listing.ticketUrl
      dialog.showModal()
    },
    render(proofOf) {
      shown?.proof.render(proofOf(shown.listing.id))
    },
  }
}
