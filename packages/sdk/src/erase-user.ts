import type { Core } from './core-types.ts'

/**
 * Asks the collector to erase all that it has of a user, who proves by their token that they are the one. Answers
 * whether it did.
 */
export async function eraseUser({ settings, report }: Core, userToken: string): Promise<boolean> {
  try {
    const path = `/v1/users/${encodeURIComponent(subOf(userToken))}?`
    const headers = { 'X-User-Token': userToken }
    const { ok, status } = await fetch(settings.url.replace('/v1/batch?', path), {
      method: 'DELETE',
      headers,
      credentials: 'omit',
    })
    if (status === 404 || status === 405)
      report(`forgetMe(): this collector cannot erase users (status ${status}); ask its operator`)
    else if (!ok) report(`forgetMe(): the collector did not erase the user (status ${status})`)
    return ok
  } catch (error) {
    report('forgetMe(): the collector could not be reached', error)
    return false
  }
}

/** The user's name as it is, letters beyond ASCII included. */
function subOf(userToken: string): string {
  const payload = (userToken.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))
  return String(JSON.parse(new TextDecoder().decode(bytes)).sub)
}
