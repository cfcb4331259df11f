import type { Extras } from './core-types.ts'
import type { openEventDatabase } from './event-database.ts'
import type { Delivery } from './sender.ts'

/** What the second file of the script build has: a script tag loads it as a whole. */
export interface SecondFile extends Delivery, Extras {
  openEventDatabase: typeof openEventDatabase
}

interface SecondFileWindow {
  /** What the second file calls with what it has. */
  tallymarkDelivery?(second: SecondFile): void
  /** Missing in browsers that do not know them. */
  trustedTypes?: {
    createPolicy(
      name: string,
      rules: { createScriptURL(url: string): string },
    ): { createScriptURL(url: string): string }
  }
}

const page = window as unknown as SecondFileWindow
/** The element of the first file. Set while a classic script runs, deferred or not, and null ever after. */
export const script = document.currentScript as HTMLScriptElement | null

/** Two of one name are not allowed. */
let policy: ReturnType<NonNullable<SecondFileWindow['trustedTypes']>['createPolicy']> | undefined

let loading: Promise<SecondFile> | undefined

/**
 * Loads the second file from beside the first, as a script element and not by `import()`: that would need CORS headers
 * from a CDN. It is loaded once, and after a failure anew. It gets the first one's nonce, for pages whose policy asks for
 * one, and a trusted URL, for those that ask for that.
 */
export function loadSecondFile(): Promise<SecondFile> {
  loading ??= new Promise<SecondFile>((resolve, reject) => {
    const element = document.createElement('script')
    const url = new URL('tallymark-delivery.js', script?.src).href
    policy ??= page.trustedTypes?.createPolicy('tallymark', { createScriptURL: (ours) => ours })
    page.tallymarkDelivery = resolve
    element.src = policy?.createScriptURL(url) ?? url
    element.nonce = script?.nonce ?? ''
    element.crossOrigin = script?.crossOrigin ?? null
    // When it has loaded it has also run: what did not answer then is not what it should be.
    element.onload = element.onerror = reject
    document.head.append(element)
  })
  loading.catch(() => {
    loading = undefined
  })
  return loading
}

/** The second file, if it is there or being loaded: for what is no reason to try again. */
export const secondFile = (): Promise<SecondFile> => loading ?? Promise.reject()
