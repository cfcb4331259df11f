import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that can refuse connections for a while and then be back under the same address. */
export interface Door {
  url: string
  /** From now on connections are refused, and those that stand are cut. */
  shut(): Promise<void>
  open(): Promise<void>
}

export async function openDoor(answer: RequestListener): Promise<Door> {
  let server: Server | undefined
  let port = 0
  async function open(): Promise<void> {
    if (server) return
    const opening = createServer(answer)
    await new Promise<void>((resolve, reject) => {
      opening.once('error', reject)
      opening.listen(port, '127.0.0.1', resolve)
    })
    port = (opening.address() as AddressInfo).port
    server = opening
  }
  await open()
  return {
    url: `http://127.0.0.1:${port}`,
    open,
    async shut() {
      const closing = server
      server = undefined
      if (!closing) return
      const closed = new Promise((resolve) => closing.close(resolve))
      closing.closeAllConnections()
      await closed
    },
  }
}
