/** Removes what an earlier build made: several builds share a folder, and tsup's own cleaning of one takes from others. */
import { rmSync } from 'node:fs'

rmSync(new URL('../packages/sdk/dist', import.meta.url), { recursive: true, force: true })
