import { isSea } from 'node:sea'

const flag = '--max-semi-space-size'
const semiSpaceMb = 8

/**
 * Bounds the memory for young objects, which V8 lets grow to more than 100 MB under load. What the collector makes of a
 * request is soon done with: it takes in as many events with a sixth of that. A process can be told so only when it
 * begins, so this one begins anew, in its own place, and with its own id.
 */
export function boundYoungHeap(): void {
  // On Windows a process cannot; a single executable takes no flags of Node's.
  if (!process.execve || isSea() || process.execArgv.some((argument) => argument.startsWith(flag))) return
  const words = [...process.execArgv, `${flag}=${semiSpaceMb}`, ...process.argv.slice(1)]
  process.execve(process.execPath, [process.execPath, ...words])
}
