import type { Database } from 'better-sqlite3'

/** More than a usual event needs: a disk with room for one page more is as good as full. */
const fillerBytes = 64 * 1024

/** Makes a transaction's step that writes to the file, and changes nothing that anybody reads. */
export function prepareProbe(db: Database): () => void {
  const write = db.prepare<[number]>(`
    INSERT INTO probe (id, filler) VALUES (1, randomblob(?)) ON CONFLICT DO UPDATE SET filler = excluded.filler`)
  return () => void write.run(fillerBytes)
}
