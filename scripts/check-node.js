// Plain JavaScript, because a Node that is too old cannot read the TypeScript of the other scripts.
const [major, minor] = process.versions.node.split('.').map(Number)
const runsTypeScript = (major === 22 && minor >= 19) || (major === 24 && minor >= 11) || major >= 26

if (!runsTypeScript) {
  console.error(
    `Tallymark is developed on Node 22.19+, 24.11+ or 26+, and this is ${process.versions.node}: switch to Node 24.`,
  )
  process.exitCode = 1
}
