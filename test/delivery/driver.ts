/** A browser engine, as far as the scenarios need one. */
export interface Driver {
  name: string
  version: string
  /** Somebody who is going to visit this site. */
  newVisitor(siteUrl: string): Promise<Visitor>
  close(): Promise<void>
}

/** A person with a browser profile of their own. */
export interface Visitor {
  newTab(): Promise<Tab>
  /** Opens a page whose tab is closed in the very task that runs the expression, or as soon after as the engine can. */
  openAndDie(url: string, expression: string): Promise<void>
  /** The same page at an address that the browser does not trust, as any without https: there are no locks then. */
  insecure(url: string): string
  /** Missing where the engine cannot play it: then the servers are gone instead, and nobody tells the page. */
  setOffline?(offline: boolean): Promise<void>
  close(): Promise<void>
}

/** Leads to the same server as 127.0.0.1, and is not trusted as that is. */
export const anyAddress = (url: string): string => url.replace('127.0.0.1', '0.0.0.0')

export interface Tab {
  /** Rejects when the page cannot be loaded. */
  open(url: string): Promise<void>
  /** The value of an expression, awaited. */
  run<T>(expression: string): Promise<T>
}
