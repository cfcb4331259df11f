/** Removes what the plugins noted for as long as this tab is open. Touching sessionStorage throws where it is denied. */
export function clearTabStorage(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith('tallymark.')) sessionStorage.removeItem(key)
  } catch {}
}
