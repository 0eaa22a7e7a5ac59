/**
 * Build step that folds each page's module script, with everything it imports, into the page itself.
 * Separate from the Astro configuration because it is the one promise the device relies on: a page is one file.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { rolldown } from 'rolldown';

const MODULE_SCRIPT = /<script type="module" src="(\/_astro\/[^"]+)"><\/script>/g;

/** One ES module with no imports left, minified; closing tags inside strings are made harmless for HTML. */
async function bundle(file: string): Promise<string> {
  const build = await rolldown({ input: file, logLevel: 'silent' });
  try {
    const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false });
    return output[0].code.trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  } finally {
    await build.close();
  }
}

/** Astro integration; runs after the pages are written and leaves nothing but HTML in the output folder. */
export function foldPages(): AstroIntegration {
  return {
    name: 'fold-pages',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const root = fileURLToPath(dir);
        const names = await readdir(root, { recursive: true });
        for (const name of names.filter((n) => n.endsWith('.html'))) {
          const path = join(root, name);
          let html = await readFile(path, 'utf8');
          for (const [tag, src] of [...html.matchAll(MODULE_SCRIPT)])
            if (src !== undefined) {
              const code = await bundle(join(root, src));
              // The script runs after the document is parsed wherever it stands; the end keeps the words first.
              html = html
                .replace(tag, '')
                .replace('</body>', () => `<script type="module">${code}</script></body>`);
            }
          await writeFile(path, html);
        }
        await rm(join(root, '_astro'), { recursive: true, force: true });
      },
    },
  };
}
