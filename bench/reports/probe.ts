/** A trickle of single events, in a process of its own: `node probe.ts PORT KEY MS`. Tells how long they took. */
import { runLoad } from '../load.ts'

const [port, key = '', durationMs] = process.argv.slice(2)
const load = { port: Number(port), key, connections: 2, batch: 1, durationMs: Number(durationMs), restMs: 5 }
process.send?.(await runLoad(load))
