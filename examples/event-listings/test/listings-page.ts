import type { BrowserContext, Locator, Page } from 'playwright-core'

/** The site as a visitor uses it. */
export interface ListingsPage {
  page: Page
  dialog: Locator
  /** "12 people saved this", or null when the card says nothing. */
  people(id: string): Promise<string | null>
  saveButton(id: string): Locator
  /** What stands on the button: "Add to calendar" or "Saved". */
  saveLabel(id: string): Promise<string | null>
  open(id: string): Promise<void>
  /** How many events wait for delivery in this browser's IndexedDB. */
  waiting(): Promise<number>
  /** What the page complained about in the console, and what it threw. */
  complaints: string[]
}

export async function openListings(context: BrowserContext, url: string): Promise<ListingsPage> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  await page.goto(url)
  await page.locator('.card').first().waitFor()
  const card = (id: string) => page.locator(`[data-listing="${id}"]`)
  return {
    page,
    dialog: page.locator('#details'),
    complaints,
    saveButton: (id) => card(id).locator('.save'),
    saveLabel: (id) => card(id).locator('.save span').textContent(),
    async people(id) {
      const people = card(id).locator('.people')
      return (await people.isVisible()) ? people.locator('span').textContent() : null
    },
    open: (id) => card(id).locator('.open').click(),
    waiting: () => page.evaluate(countQueued),
  }
}

async function countQueued(): Promise<number> {
  const counts = (await indexedDB.databases()).map(
    ({ name = '' }) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open(name)
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const db = opening.result
          // The SDK keeps events by their UUIDs.
          const counting = db.transaction('events').objectStore('events').count(IDBKeyRange.bound('0', 'g'))
          counting.onsuccess = () => {
            db.close()
            resolve(counting.result)
          }
        }
      }),
  )
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}
