import { defineConfig } from 'vitest/config'

// Only the tests that need a database start one: the rules and the house are proved without.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
  test: {
    testTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'core', include: ['core/src/**/*.test.ts'] } },
      { extends: true, test: { name: 'house', include: ['tests/house/**/*.test.ts', 'bench/**/*.test.ts'] } },
      { extends: true, test: { name: 'simulation', include: ['tests/simulation/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'server',
          include: ['server/src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: [
            'tests/house/**',
            'tests/simulation/**',
            'tests/faults/**',
            'tests/races/servers.test.ts',
            '**/node_modules/**',
          ],
          globalSetup: ['tests/support/global-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['tests/faults/**/*.test.ts', 'tests/races/servers.test.ts'],
          globalSetup: ['tests/support/build.ts', 'tests/support/global-setup.ts'],
          // Servers are started, loaded and killed: two at once would measure each other.
          fileParallelism: false,
        },
      },
    ],
  },
})
