// Are the packages, as npm would publish them, usable? publint reads the files, attw resolves the types the way
// TypeScript does in each module mode, and every import must be a declared dependency: that also keeps zod out of
// the SDK. Any finding fails, suggestions of publint included.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData, type Package } from '@arethetypeswrong/core'
import { filterProblems, problemKindInfo } from '@arethetypeswrong/core/problems'
import type { Analysis, Problem, ResolutionKind } from '@arethetypeswrong/core/types'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import ts from 'typescript'

interface Shape {
  folder: string
  /** The module modes that the package promises to work in. */
  resolutions: ResolutionKind[]
  /** Entry points that are scripts for a page, not modules with types. */
  scripts?: string[]
}

const LIBRARY: ResolutionKind[] = ['node16-cjs', 'node16-esm', 'bundler']
const ESM_ONLY: ResolutionKind[] = ['node16-esm', 'bundler']

const SHAPES: Shape[] = [
  { folder: 'packages/schemas', resolutions: LIBRARY },
  {
    folder: 'packages/sdk',
    resolutions: LIBRARY,
    scripts: ['./tallymark.js', './tallymark-delivery.js'],
  },
  { folder: 'packages/collector', resolutions: ESM_ONLY },
]

let failed = false
for (const shape of SHAPES) {
  const tarball = pack(shape.folder)
  const contents = createPackageFromTarballData(tarball)
  const findings = [
    ...(await lintFiles(tarball)),
    ...(await checkTypes(shape, contents)),
    ...findUndeclaredImports(contents),
  ]
  failed ||= findings.length > 0
  const size = `${(tarball.byteLength / 1024).toFixed(0)} KiB packed`
  console.log(findings.length === 0 ? `✔ ${shape.folder} (${size})` : `✘ ${shape.folder} (${size})`)
  for (const finding of findings) console.log(`  ${finding}`)
}
if (failed) process.exitCode = 1

/** The tarball that `npm publish` would send, without running any script. */
function pack(folder: string): Buffer<ArrayBuffer> {
  const into = mkdtempSync(join(tmpdir(), 'tallymark-pack-'))
  try {
    const printed = execFileSync(
      process.platform === 'win32' ? 'npm.cmd' : 'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', into],
      { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const [packed]: [{ filename: string }] = JSON.parse(printed)
    return Buffer.from(readFileSync(join(into, packed.filename)))
  } finally {
    rmSync(into, { recursive: true, force: true })
  }
}

async function lintFiles(tarball: Buffer<ArrayBuffer>): Promise<string[]> {
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true })
  return messages.map((message) => `publint ${message.type}: ${formatMessage(message, pkg, { color: false })}`)
}

async function checkTypes({ resolutions, scripts }: Shape, contents: Package): Promise<string[]> {
  const analysis = await checkPackage(contents, { excludeEntrypoints: scripts ?? [] })
  if (!analysis.types) return ['attw: the package has no types']
  const problems = new Set(resolutions.flatMap((kind) => filterProblems(analysis, { resolutionKind: kind })))
  return [...problems].map((problem) => describe(problem, analysis))
}

function describe(problem: Problem, { packageName }: Analysis): string {
  const place =
    'entrypoint' in problem
      ? `${packageName}${problem.entrypoint.slice(1)} (${problem.resolutionKind})`
      : 'typesFileName' in problem
        ? problem.typesFileName
        : 'fileName' in problem
          ? problem.fileName
          : packageName
  return `attw ${problem.kind}: ${problemKindInfo[problem.kind].shortDescription}, at ${place}`
}

function findUndeclaredImports(contents: Package): string[] {
  const home = `/node_modules/${contents.packageName}`
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(contents.readFile(`${home}/package.json`))
  const known = new Set([contents.packageName, ...Object.keys({ ...dependencies, ...peerDependencies })])
  return contents
    .listFiles()
    .filter((path) => /\.[cm]?[jt]s$/.test(path))
    .flatMap((path) =>
      packagesImportedBy(contents.readFile(path))
        .filter((name) => !known.has(name))
        .map(
          (name) => `${path.slice(home.length + 1)} imports ${name}, which is no dependency of ${contents.packageName}`,
        ),
    )
}

function packagesImportedBy(text: string): string[] {
  const names = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
    const [scope = '', name] = fileName.split('/')
    return scope.startsWith('@') ? `${scope}/${name}` : scope
  })
  return [...new Set(names)].filter((name) => !/^(\.|node:)/.test(name) && !builtinModules.includes(name))
}
