import type { Core } from './core-types.ts'

interface Watch {
  /** Whose token it is. */
  sub: string
  refresh(): Promise<string>
  signIn(userToken: string): void
  askAgainAtMs: number
  cancelTimer(): void
}

/** A page that answers with a bad token is asked no sooner than this. */
const pauseMs = 60_000
/** A longer timer fires at once. */
const maxTimerMs = 2 ** 31 - 1

const watches = new WeakMap<Core, Watch>()

/** Asks the page for a fresh token when the one of the user expires or is refused: once a minute at most. */
export function keepFresh(core: Core, refresh: () => Promise<string>, signIn: (userToken: string) => void): void {
  const { user } = core
  if (!user) return
  const watch = watches.get(core) ?? open(core)
  watch.sub = user.sub
  watch.refresh = refresh
  watch.signIn = signIn
  check(core, watch)
}

function open(core: Core): Watch {
  const { settings, edges } = core
  const { onFlush } = settings
  const watch: Watch = { sub: '', refresh: async () => '', signIn() {}, askAgainAtMs: 0, cancelTimer() {} }
  settings.onFlush = (result) => {
    // What the answer means for the token is settled only after this.
    edges.setTimer(() => check(core, watch), 0)
    onFlush(result)
  }
  watches.set(core, watch)
  return watch
}

/** Looks when to ask, and comes again then. */
function check(core: Core, watch: Watch): void {
  watch.cancelTimer()
  const { user, visit, edges } = core
  if (user?.sub !== watch.sub) return
  const refused = visit?.state.refusedToken === user.token
  const dueAtMs = Math.max(watch.askAgainAtMs, refused ? 0 : expiresAtMs(user.token))
  const waitMs = dueAtMs - edges.now()
  if (waitMs <= 0) void ask(core, watch)
  else if (Number.isFinite(waitMs)) {
    watch.cancelTimer = edges.setTimer(() => check(core, watch), Math.min(waitMs, maxTimerMs))
  }
}

async function ask(core: Core, watch: Watch): Promise<void> {
  const { user } = core
  watch.askAgainAtMs = core.edges.now() + pauseMs
  try {
    const userToken = await watch.refresh()
    // Somebody else may have signed in meanwhile, or nobody be left.
    if (core.user === user) watch.signIn(userToken)
  } catch (error) {
    core.report("identify()'s refresh failed", error)
  }
  check(core, watch)
}

/** Infinite when the token does not say. */
function expiresAtMs(userToken: string): number {
  try {
    const { exp } = JSON.parse(atob((userToken.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')))
    return Number(exp) > 0 ? exp * 1_000 : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
