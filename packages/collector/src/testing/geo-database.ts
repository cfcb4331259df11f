interface Network {
  /** IPv4, in the first bits that matter: `203.0.113.0/24`. */
  range: string
  data: Record<string, unknown>
}

type Node = [left: Branch, right: Branch]
/** Another node, or the place of a network in the list; undefined where nothing is known. */
type Branch = Node | number | undefined

const recordBits = 24

/**
 * A database of places in MaxMind's format, version 2.0: a tree of two records of 24 bits a node, the data behind 16
 * zero bytes, the metadata behind its marker.
 *
 * @param ipVersion 6: the tree has room for both families, and IPv4 behind twelve zero bytes
 */
export function geoDatabase(networks: readonly Network[], ipVersion: 4 | 6 = 6): Buffer {
  const root: Node = [undefined, undefined]
  const zeros = Array<number>(ipVersion === 6 ? 96 : 0).fill(0)
  for (const [index, { range }] of networks.entries()) insert(root, [...zeros, ...bitsOf(range)], index)
  const nodes = listNodes(root)

  const data = networks.map((network) => encode(network.data))
  const offsets = data.map((_, n) => data.slice(0, n).reduce((sum, bytes) => sum + bytes.length, 0))
  const record = (branch: Branch) => {
    if (branch === undefined) return nodes.length
    return typeof branch === 'number' ? nodes.length + 16 + (offsets[branch] ?? 0) : nodes.indexOf(branch)
  }
  const tree = Buffer.alloc(nodes.length * 6)
  for (const [n, branches] of nodes.entries()) {
    for (const [side, branch] of branches.entries()) tree.writeUIntBE(record(branch), n * 6 + side * 3, 3)
  }
  const metadata = encode({
    node_count: nodes.length,
    record_size: recordBits,
    ip_version: ipVersion,
    database_type: 'Test-City',
    languages: ['en'],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_767_225_600,
    description: { en: 'for tests' },
  })
  const marker = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex')
  return Buffer.concat([tree, Buffer.alloc(16), ...data, marker, metadata])
}

function bitsOf(range: string): number[] {
  const [address = '', length = '32'] = range.split('/')
  const bits = address.split('.').flatMap((byte) => [...Number(byte).toString(2).padStart(8, '0')].map(Number))
  return bits.slice(0, Number(length))
}

function insert(root: Node, bits: readonly number[], index: number): void {
  let node = root
  for (const bit of bits.slice(0, -1)) {
    const next = node[bit]
    if (Array.isArray(next)) {
      node = next
    } else {
      const made: Node = [undefined, undefined]
      node[bit as 0 | 1] = made
      node = made
    }
  }
  node[bits.at(-1) as 0 | 1] = index
}

function listNodes(node: Node): Node[] {
  return [node, ...node.flatMap((branch) => (Array.isArray(branch) ? listNodes(branch) : []))]
}

const types = { text: 2, uint32: 6, map: 7, array: 11 }

function encode(value: unknown): Buffer {
  if (typeof value === 'string') return Buffer.concat([head(types.text, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([head(types.uint32, 4), bytes])
  }
  if (Array.isArray(value)) return Buffer.concat([head(types.array, value.length), ...value.map(encode)])
  const entries = Object.entries(value as object)
  return Buffer.concat([head(types.map, entries.length), ...entries.flat().map(encode)])
}

/** The type in three bits, or for those above seven in a byte of its own, and the size, here always under 29. */
function head(type: number, size: number): Buffer {
  if (size >= 29) throw new RangeError('texts and maps in a test are short')
  return Buffer.from(type <= 7 ? [(type << 5) | size] : [size, type - 7])
}
