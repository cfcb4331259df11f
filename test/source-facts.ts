import ts from 'typescript'
import { type Source, visit } from './source-tree.ts'

/** Keywords in capitals anywhere in a text, or in small letters where a text begins: prose begins with "Select". */
const SQL =
  /\b(SELECT\s[^;]+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|(UNIQUE\s+)?INDEX)|PRAGMA)\s|^\s*(select|insert|update|delete\s+from|create\s+(table|index)|pragma)\s/

/** Which of the names (`window`, `Date.now`) a file uses without having declared them itself. */
export function globalsOf(tree: ts.SourceFile, names: string[]): string[] {
  const declared = new Set<string>()
  const used = new Set<string>()
  visit(tree, (node) => {
    if (isDeclaration(node) && ts.isIdentifier(node.name)) declared.add(node.name.text)
    if (ts.isIdentifier(node) && !isNameOfProperty(node)) used.add(node.text)
    if (ts.isPropertyAccessExpression(node)) used.add(node.getText(tree))
  })
  return names.filter((name) => used.has(name) && !declared.has(name)).sort()
}

export function readsEnvironment({ tree, imports }: Source): boolean {
  let found = imports.some(({ target }) => target === 'node:process')
  visit(tree, (node) => {
    if (ts.isPropertyAccessExpression(node)) found ||= /^(globalThis\.)?process\.env$/.test(node.getText(tree))
  })
  return found
}

export function holdsSql({ tree }: Source): boolean {
  let found = false
  visit(tree, (node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) found ||= SQL.test(node.text)
  })
  return found
}

function isDeclaration(node: ts.Node): node is ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement {
  return ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)
}

/** `rule.window` and `{ window: 5 }` name a property, not the page; `{ window }` uses the page. */
function isNameOfProperty(node: ts.Identifier): boolean {
  const { parent } = node
  return 'name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent)
}
