export { type Collector, type CollectorOptions, createCollector } from './collector.ts'
export { makeKeyText, toStoredKey } from './keys/key.ts'
export * from './store/store.ts'
