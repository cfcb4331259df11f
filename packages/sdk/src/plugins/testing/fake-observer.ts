/** An IntersectionObserver whose elements come into view by hand: happy-dom has no layout. */
export class FakeObserver implements IntersectionObserver {
  static latest: FakeObserver
  readonly root = null
  readonly rootMargin = ''
  readonly scrollMargin = ''
  readonly thresholds: readonly number[] = []
  readonly observed = new Set<Element>()
  readonly #ratios = new WeakMap<Element, { ratio: number; height: number }>()
  readonly #callback: IntersectionObserverCallback

  constructor(callback: IntersectionObserverCallback) {
    this.#callback = callback
    FakeObserver.latest = this
  }
  /** Scrolls an element so far into view. */
  show(element: Element, ratio: number, height = 100): void {
    this.#ratios.set(element, { ratio, height })
    if (this.observed.has(element)) this.#tell(element)
  }
  /** As in a browser, whoever begins to observe an element is told where it stands. */
  observe(element: Element): void {
    if (this.observed.has(element)) return
    this.observed.add(element)
    this.#tell(element)
  }
  unobserve = (element: Element): void => void this.observed.delete(element)
  disconnect = (): void => this.observed.clear()
  takeRecords = (): IntersectionObserverEntry[] => []

  #tell(target: Element): void {
    const { ratio, height } = this.#ratios.get(target) ?? { ratio: 0, height: 0 }
    const entry = { target, isIntersecting: ratio > 0, intersectionRatio: ratio, intersectionRect: { height } }
    this.#callback([entry as unknown as IntersectionObserverEntry], this)
  }
}
