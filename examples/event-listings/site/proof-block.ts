import type { Listing } from './listings.ts'
import { copyOf, part } from './part.ts'
import type { Proof } from './social-proof.ts'

/** "12 people saved this", and the button that makes it thirteen. */
export interface ProofBlock {
  element: HTMLElement
  render(proof: Proof): void
}

export function createProofBlock(listing: Listing, onSave: (listing: Listing) => void): ProofBlock {
  const copy = copyOf('proof')
  const element = part(copy, '.proof', HTMLElement)
  const people = part(copy, '.people', HTMLElement)
  const words = part(people, 'span', HTMLElement)
  const button = part(copy, '.save', HTMLButtonElement)
  const label = part(button, 'span', HTMLElement)
  button.addEventListener('click', () => onSave(listing))
  people.addEventListener('animationend', () => people.classList.remove('changed'))

  return {
    element,
    render(proof) {
      const text = describe(proof)
      if (words.textContent && text !== words.textContent) people.classList.add('changed')
      words.textContent = text
      people.hidden = text === ''
      element.classList.toggle('saved', proof.saved)
      label.textContent = proof.saved ? 'Saved' : 'Add to calendar'
      button.setAttribute(
        'aria-label',
        proof.saved ? `Saved: get the calendar file of ${listing.title} again` : `Add to calendar: ${listing.title}`,
      )
    },
  }
}

const numbers = new Intl.NumberFormat('en')

/** Empty when nobody knows. */
export function describe({ saved, people }: Proof): string {
  if (people === undefined) return saved ? 'You saved this' : ''
  if (people === 0) return 'Be the first to save this'
  return people === 1 ? '1 person saved this' : `${numbers.format(people)} people saved this`
}
