/**
 * The lines of a text that comes in pieces. They end with a line feed and nothing else: `readline` also ends one at
 * U+2028, which may stand in a text of JSON as it is.
 */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let line = ''
  for await (const piece of pieces) {
    const [end = '', ...others] = piece.split('\n')
    line += end
    for (const next of others) {
      yield line
      line = next
    }
  }
  if (line !== '') yield line
}
