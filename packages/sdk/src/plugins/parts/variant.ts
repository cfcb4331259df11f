/** Variants that get equal shares, or each with its share: `{ control: 9, bold: 1 }`. */
export type Variants<V extends string> = readonly [V, ...V[]] | Readonly<Record<V, number>>

/**
 * Chooses a viewer's variant: always the same one for the same viewer, experiment and shares, and independently of other
 * experiments. It needs no browser: a server that knows the viewer's id chooses the same.
 *
 * @example
 * const variant = chooseVariant('checkout_button', viewerId, ['control', 'bold'])
 */
export function chooseVariant<const V extends string>(experiment: string, viewerId: string, variants: Variants<V>): V {
  const shares = sharesOf(variants)
  const total = shares.reduce((sum, [, share]) => sum + share, 0)
  let left = fractionOf(JSON.stringify([experiment, viewerId])) * total
  const chosen = shares.find(([, share]) => {
    left -= share
    return left < 0
  })
  return (chosen ?? shares[0])?.[0] as V
}

/** The first variant: what everybody saw before the experiment. */
export function firstVariant<V extends string>(variants: Variants<V>): V {
  return sharesOf(variants)[0]?.[0] as V
}

function sharesOf<V extends string>(variants: Variants<V>): [V, number][] {
  if (Array.isArray(variants)) return variants.map((variant: V) => [variant, 1])
  const shares = Object.entries(variants as Readonly<Record<V, number>>) as [V, number][]
  return shares.map(([variant, share]) => [variant, Math.max(share, 0)])
}

/** A text's place in [0, 1): FNV-1a, and then the last mixing steps of MurmurHash3, for ids that differ little. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
