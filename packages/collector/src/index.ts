export { type Collector, type CollectorOptions, createCollector } from './collector.ts'
export { makeKeyText, toStoredKey } from './keys/key.ts'
export { loadAddressRanges, loadPlaces } from './load-client-data.ts'
export {
  type KeyKind,
  type NewEvent,
  type Store,
  type StoredKey,
  StoreError,
  type StoreErrorCode,
} from './store/store.ts'
