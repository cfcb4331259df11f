import { openSender } from './delivery.ts'
import * as extras from './extras.ts'
import type { Later } from './script.ts'

// The second file of the script build, with all that can wait. The first one waits for this call.
const page = window as unknown as { tallymarkDelivery?(later: Later): void }
page.tallymarkDelivery?.({ openSender, ...extras })
