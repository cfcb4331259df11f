import { type Span, upcoming } from './upcoming.ts'

/** What the site lists. The `id` is what the collector knows it by. */
export interface Listing extends Span {
  id: string
  title: string
  genre: string
  venue: string
  address: string
  price: string
  about: string
  artwork: string
  ticketUrl: string
}

type Facts = Omit<Listing, 'artwork' | 'ticketUrl' | keyof Span>

const listing = (facts: Facts, span: Span): Listing => ({
  ...facts,
  ...span,
  artwork: `/artwork/${facts.id}.svg`,
  ticketUrl: `https://example.com/tickets/${facts.id}`,
})

/** The soonest first. */
export const listings: readonly Listing[] = [
  listing(
    {
      id: 'blue-hour-quartet',
      title: 'Blue Hour Quartet',
      genre: 'Music',
      venue: 'The Glass Cellar',
      address: '14 Quay Street',
      price: '€18',
      about:
        'Four players, one lamp, no setlist. The quartet starts when the sky turns and stops when the candles do. Sit close: half of it is played too quietly for the back row.',
    },
    upcoming(5, '20:30', 2.5),
  ),
  listing(
    {
      id: 'lantern-yard-market',
      title: 'Lantern Yard Night Market',
      genre: 'Food',
      venue: 'Lantern Yard',
      address: '3 Tanner’s Row',
      price: 'Free',
      about:
        'Thirty kitchens under two hundred paper lanterns. Come hungry for charcoal skewers, hand-pulled noodles and the custard tarts that are gone by nine.',
    },
    upcoming(6, '18:00', 5),
  ),
  listing(
    {
      id: 'tide-and-thunder',
      title: 'Tide & Thunder',
      genre: 'Music',
      venue: 'Pier 9 Warehouse',
      address: 'Dock Road',
      price: '€24',
      about:
        'Modular synthesisers wired to live readings from a buoy six miles out. When the sea is calm it is a lullaby. The forecast says that it will not be calm.',
    },
    upcoming(6, '22:00', 5, 1),
  ),
  listing(
    {
      id: 'paper-planets',
      title: 'Paper Planets',
      genre: 'Theatre',
      venue: 'Little Orbit',
      address: '77 Observatory Hill',
      price: '€12',
      about:
        'A solar system cut from newspaper, a torch for a sun, and one very small astronaut who wants to go home. For everyone over five, and for those who bring them.',
    },
    upcoming(0, '15:00', 1.25, 1),
  ),
  listing(
    {
      id: 'the-last-reel',
      title: 'The Last Reel',
      genre: 'Film',
      venue: 'Kino Meridian',
      address: '21 Station Square',
      price: '€10',
      about:
        'The projector is seventy, the print is older, and the film was thought lost until a keeper found it behind the lamp of his lighthouse. With live piano.',
    },
    upcoming(3, '19:30', 2, 1),
  ),
  listing(
    {
      id: 'open-studio-mosaic',
      title: 'Mosaic: an Open Studio',
      genre: 'Art',
      venue: 'Brickworks',
      address: '5 Kiln Lane',
      price: '€8',
      about:
        'Bring a plate that you never liked. We break it together, and by the evening it is part of a wall that will outlive us all. Goggles, grout and tea are there.',
    },
    upcoming(0, '11:00', 6, 2),
  ),
].sort((one, other) => one.startsAt.getTime() - other.startsAt.getTime())
