import { globSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export interface Import {
  /** A path from the root of the repository for our own files, else the name of a package (`hono`, `node:fs`). */
  target: string
  own: boolean
  /** Gone after compilation, so it couples names and not code. */
  typeOnly: boolean
}

export interface Source {
  path: string
  imports: Import[]
  tree: ts.SourceFile
}

const root = fileURLToPath(new URL('..', import.meta.url))

const PACKAGES: Record<string, string> = {
  '@tallymark/schemas': 'packages/schemas/src/index.ts',
  '@tallymark/schemas/limits': 'packages/schemas/src/limits.ts',
  '@tallymark/schemas/metrics': 'packages/schemas/src/metrics.ts',
  '@tallymark/sdk': 'packages/sdk/src/index.ts',
  '@tallymark/collector': 'packages/collector/src/index.ts',
}

/** Every file that ships: what is under `packages/<name>/src`, without its tests. */
export function readSources(isTest: RegExp): Source[] {
  return globSync('packages/*/src/**/*.ts', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !isTest.test(path))
    .sort()
    .map((path) => parse(path, readFileSync(join(root, path), 'utf8')))
}

export function parse(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: Import[] = []
  visit(tree, (node) => {
    const found = importOf(node)
    if (found && !found.specifier.endsWith('.json'))
      imports.push({ ...resolve(path, found.specifier), typeOnly: found.typeOnly })
  })
  return { path, imports, tree }
}

export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node)
  ts.forEachChild(node, (child) => visit(child, look))
}

function importOf(node: ts.Node): { specifier: string; typeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    return { specifier: node.moduleSpecifier.text, typeOnly }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly }
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments
    return argument && ts.isStringLiteralLike(argument) ? { specifier: argument.text, typeOnly: false } : undefined
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, typeOnly: true }
  }
  return undefined
}

function resolve(from: string, specifier: string): { target: string; own: boolean } {
  if (specifier.startsWith('.')) return { target: posix.join(dirname(from), specifier), own: true }
  const ours = PACKAGES[specifier]
  if (ours) return { target: ours, own: true }
  const [scope = '', name] = specifier.split('/')
  return { target: scope.startsWith('@') ? `${scope}/${name}` : scope, own: false }
}
