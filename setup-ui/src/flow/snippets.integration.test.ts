import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { SNIPPET_KINDS, snippet } from './snippets.ts';

const facts = {
  baseUrl: 'http://127.0.0.1:8831/v1',
  key: 'b3iq_local_x',
  model: 'b3iq-selftest',
  question: `Don't "quote" $HOME \`x\`?`,
};

describe('snippets', () => {
  it.each(SNIPPET_KINDS)('in %s hold address, key and model', (kind) => {
    const code = snippet(kind, facts);
    for (const part of [facts.baseUrl, facts.key, facts.model]) expect(code).toContain(part);
  });
  it('in curl survive the shell: what curl gets is the JSON that was meant', () => {
    const shown = snippet('curl', facts).replace(/^curl /, "printf '%s\\n' ");
    const lines = execFileSync('sh', ['-c', shown], { encoding: 'utf8' }).trim().split('\n');
    expect(lines[0]).toBe('http://127.0.0.1:8831/v1/chat/completions');
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
      model: facts.model,
      messages: [{ role: 'user', content: facts.question }],
    });
  });
});
