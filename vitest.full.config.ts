import { defineConfig } from 'vitest/config'
import { projects } from './vitest.config.ts'

const [node] = projects

/** The correctness suite, and what takes long: faults, scale, other browsers. One file at a time, to measure fairly. */
export default defineConfig({
  test: {
    projects: [
      ...projects,
      {
        ...node,
        test: {
          name: 'full',
          environment: 'node',
          include: ['test/full/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
