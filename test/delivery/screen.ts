import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { findEngine } from '../../scripts/engines.ts'

/** A screen that nobody sees, for browsers that need one. */
export interface Screen {
  /** What a program finds it by, in its environment's DISPLAY. */
  display: string
  close(): Promise<void>
}

export async function openScreen(): Promise<Screen> {
  // It takes a number that is free, and says which. Without `-noreset` it starts anew, and is away for a moment, when
  // the last browser has left.
  const args = ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp', '-noreset']
  const child = spawn(findEngine('xvfb'), args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'exit')
  const said = once((child.stdio[3] as Readable).setEncoding('utf8'), 'data')
  const [number] = await Promise.race([said, ended.then(() => [])])
  if (number === undefined) throw new Error('Xvfb did not start.')
  return {
    display: `:${String(number).trim()}`,
    async close() {
      child.kill()
      await ended
    },
  }
}
