import { openSender } from './delivery.ts'
import * as extras from './extras.ts'
import type { Later } from './script.ts'

// The second file of the script build, with all that can wait. The first one waits for this name.
const page = window as unknown as { tallymarkDelivery?: Later }
page.tallymarkDelivery = { openSender, ...extras }
