import { openSender } from './delivery.ts'
import type { Delivery } from './sender.ts'

// The second file of the script build. The first one waits for this name.
const page = window as unknown as { tallymarkDelivery?: Delivery }
page.tallymarkDelivery = { openSender }
