import { openSender } from './delivery.ts'
import { openEventDatabase } from './event-database.ts'
import * as extras from './extras.ts'
import type { SecondFile } from './second-file.ts'

// The second file of the script build, with all that can wait. The first one waits for this call.
const page = window as unknown as { tallymarkDelivery?(second: SecondFile): void }
page.tallymarkDelivery?.({ openSender, openEventDatabase, ...extras })
