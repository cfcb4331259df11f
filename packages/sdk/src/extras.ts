import type { Core } from './core-types.ts'
import { deleteQueue } from './delete-queue.ts'
import { eraseUser } from './erase-user.ts'
import { explainOptions } from './explain-options.ts'
import { followConsent as follow } from './follow-consent.ts'
import { keepFresh } from './keep-fresh.ts'
import { lease } from './lease.ts'
import { obeyRefusal } from './obey-refusal.ts'
import { clearTabStorage } from './tab-storage.ts'

// The part of the SDK that most pages never need: see `Extras`.

export { explainOptions, keepFresh, lease, obeyRefusal }

export const followConsent = (core: Core): Promise<void> => follow(core, eraseBeside)

/** Answers whether everything is gone. */
export async function forgetMe(core: Core, userToken: string | undefined): Promise<boolean> {
  await follow(core, eraseBeside, true)
  return !userToken || eraseUser(core, userToken)
}

function eraseBeside(name: string): Promise<void> {
  clearTabStorage()
  return deleteQueue(name)
}
