import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // Two cores are the smallest machine that this project is meant for.
    maxWorkers: 2,
  },
});
