import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Workers and the processes tests start find modules compiled by earlier runs, as `b3iq-host` does.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('./.cache/compiled/', import.meta.url));

/** One project per test tier: the suffix says what a test may touch. */
export default defineConfig({
  test: {
    // Integration tests wait for disks and processes more than they compute: one worker more than two cores.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{wire,device,setup-ui,bench}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.{integration,e2e}.test.ts'],
          // Pure tests hold no state to keep apart: one process loads each module once.
          isolate: false,
          pool: 'threads',
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{wire,device,setup-ui}/**/*.integration.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // They keep apart by folder and port and change nothing of the process, so files may follow one another in it.
          isolate: false,
        },
      },
      // Real processes, a real engine and a real browser share two cores: one file at a time.
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
