import type { Extras } from './core-types.ts'
import * as extras from './extras.ts'

// The file of the script build that most pages never load. The first one waits for this name.
const page = window as unknown as { tallymarkExtras?: Extras }
page.tallymarkExtras = extras
