// One project for units (beside their code) and one for what crosses processes (test/).
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Against hanging only: machines are shared, and a test may be ten times slower than alone.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{apps,packages,infra}/**/*.test.ts'],
          globalSetup: ['packages/db/src/test-setup.ts'],
          exclude: ['**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'acceptance',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
