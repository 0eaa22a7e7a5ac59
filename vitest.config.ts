import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Workers and the processes tests start find modules compiled by earlier runs, as `b3iq-host` does.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('./.cache/compiled/', import.meta.url));

/** Boot tests in the order of their names: what one prepares, the next goes on from. */
class BootsByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    if (!files.every((file) => file.project.name.startsWith('vm'))) return super.sort(files);
    return files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId));
  }
}

/** One project per test tier: the suffix says what a test may touch. */
export default defineConfig({
  test: {
    // Integration tests wait for disks and processes more than they compute: one worker more than two cores.
    maxWorkers: 3,
    sequence: { sequencer: BootsByName },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{wire,device,setup-ui,bench,image}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.{integration,e2e,vm}.test.ts'],
          // Pure tests hold no state to keep apart: one process loads each module once.
          isolate: false,
          pool: 'threads',
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{wire,device,setup-ui,bench,image}/**/*.integration.test.ts'],
          globalSetup: ['scripts/test-folder.ts'],
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
      // The booted image, one machine at a time: `make vm-test` and, for hours, `make vm-soak`.
      ...[
        { name: 'vm', include: ['image/test/*.vm.test.ts'] },
        { name: 'vm-soak', include: ['image/test/soak/*.vm.test.ts'] },
      ].map((project) => ({
        test: {
          ...project,
          // A boot under software emulation takes minutes, and one test may need several.
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
          // Machines end with the process that started them.
          pool: 'forks' as const,
        },
      })),
    ],
  },
});
