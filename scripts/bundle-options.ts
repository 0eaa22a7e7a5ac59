/** How every bundle of ours is made, for the appliance's tree and for the Host's package. Separate so that they cannot differ. */
import type { InputOptions, OutputOptions } from 'rolldown';

export const INPUT = {
  platform: 'node',
  tsconfig: false,
  logLevel: 'warn',
  transform: { target: 'node24' },
} as const satisfies InputOptions;

export const OUTPUT = {
  format: 'esm',
  entryFileNames: '[name].mjs',
  // Names stay: a stack trace in the journal of a machine nobody can log in to has to say something.
  minify: { compress: true, mangle: false, codegen: true },
  comments: { legal: false, jsdoc: false, annotation: false },
} as const satisfies OutputOptions;
