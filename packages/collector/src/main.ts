// The database driver crashes on an older Node without a word, so this stands before any import of it.
const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 22) {
  console.error(`tallymark needs Node 22 or newer, this is ${process.versions.node}: see https://nodejs.org`)
  process.exit(78)
}
const { boundHeap } = await import('./cli/heap.ts')
// Before the rest is loaded, and loaded again.
if (process.argv[2] === 'serve') boundHeap()
const { run } = await import('./cli/run.ts')
process.exitCode = await run(process.argv.slice(2))

export {}
