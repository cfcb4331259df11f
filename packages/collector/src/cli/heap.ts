import { isSea } from 'node:sea'
import { setFlagsFromString } from 'node:v8'

const flag = '--max-semi-space-size'
const youngFlag = `${flag}=16`

/**
 * Beyond what is alive the old objects' part of the heap may grow by half before it is tidied up. V8 would let it grow
 * to four times as much: 100 MB more under a crowd of connections, and not one event a second more.
 */
const growingFlag = '--heap-growing-percent=50'

/** All that `tallymark serve` sets, for whoever starts its parts in a process of their own. */
export const heapFlags: readonly string[] = [youngFlag, growingFlag]

/**
 * Bounds the heaps of this process and its threads. The memory for young objects V8 lets grow to more than 100 MB under
 * load; what the collector makes of a request is soon done with: it takes in as many events with a third of that. A
 * process can be told so only when it begins, so this one begins anew, in its own place, and with its own id.
 */
export function boundHeap(): void {
  setFlagsFromString(growingFlag)
  // On Windows a process cannot; a single executable takes no flags of Node's.
  if (!process.execve || isSea() || process.execArgv.some((argument) => argument.startsWith(flag))) return
  const words = [...process.execArgv, youngFlag, ...process.argv.slice(1)]
  process.execve(process.execPath, [process.execPath, ...words])
}
