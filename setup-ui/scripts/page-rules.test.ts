import { describe, expect, it } from 'vitest';
import { faultsOf, scriptsIn } from './page-rules.ts';

const page = (inside: string): string => `<!doctype html><html><head></head><body>${inside}</body></html>`;

describe('page rules', () => {
  it('accept a self-contained page', () => {
    expect(
      faultsOf(
        page(
          '<style>p{color:red}</style><p>Hello</p><a href="/setup/">x</a><script type="module">let a=1</script>',
        ),
      ),
    ).toEqual([]);
  });

  it.each([
    ['<script src="/a.js"></script>', 'another file'],
    ['<link rel="stylesheet" href="/a.css">', 'linked file'],
    ['<link rel="modulepreload" href="/a.js">', 'linked file'],
    ['<img src="https://example.com/x.png">', 'outside address'],
    ['<img src="//example.com/x.png">', 'outside address'],
    ['<p style="color:red">x</p>', 'inline style'],
    ['<button onclick="x()">x</button>', 'event handler'],
    ['<base href="/x/">', 'base element'],
    ['<style>@import "x.css";</style>', 'fetches'],
    ['<style>p{background:url(/x.png)}</style>', 'fetches'],
    ['<script type="module">import{a}from"./x.js";</script>', 'imports'],
    ['<script type="module">import"./x.js";</script>', 'imports'],
    ['<script>crypto.randomUUID()</script>', 'plain http'],
    ['<script>localStorage.x=1</script>', 'captive'],
  ])('refuse %s', (inside, word) => {
    expect(faultsOf(page(inside)).join()).toContain(word);
  });

  it('read markup, not what scripts and styles say about markup', () => {
    expect(faultsOf(page('<script>let a = \'<p style="x">\'</script>'))).toEqual([]);
  });

  it('find every inline script', () => {
    expect(scriptsIn(page('<script>a</script><script type="module">b</script>'))).toEqual(['a', 'b']);
  });
});
