import { createFlusher, type Flush, type FlusherSettings } from './flusher.ts'
import { lock } from './lock.ts'
import { post } from './transport.ts'

/** The part of the SDK that is loaded with the first flush. */
export interface Delivery {
  openFlusher(settings: FlusherSettings): Flush
}

export const openFlusher: Delivery['openFlusher'] = (settings) => createFlusher(settings, { post, lock })
