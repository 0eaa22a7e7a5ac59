/** How the pages are built: static, one directory per page, then folded into one self-contained file each. */
import preact from '@astrojs/preact';
import { defineConfig } from 'astro/config';
import { foldPages } from './scripts/fold-pages.ts';

export default defineConfig({
  srcDir: './src',
  outDir: './dist',
  build: { format: 'directory', inlineStylesheets: 'always', assets: '_astro' },
  compressHTML: true,
  devToolbar: { enabled: false },
  // es2022 reaches back to the iOS 16 and Android WebViews that captive portals open.
  vite: { build: { target: 'es2022', minify: false, assetsInlineLimit: 0 } },
  integrations: [preact(), foldPages()],
});
