import { type Delivery, openFlusher } from './delivery.ts'

// The second file of the script build. The first one waits for this name.
const page = window as unknown as { tallymarkDelivery?: Delivery }
page.tallymarkDelivery = { openFlusher }
