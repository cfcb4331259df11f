/** The element within `root` that the markup promises. */
export function part<T extends Element>(root: ParentNode, selector: string, type: new () => T): T {
  const found = root.querySelector(selector)
  if (found instanceof type) return found
  throw new Error(`the page has no ${selector}`)
}

/** A copy of what the `<template>` with this id holds. */
export function copyOf(templateId: string): DocumentFragment {
  return document.importNode(part(document, `#${templateId}`, HTMLTemplateElement).content, true)
}
