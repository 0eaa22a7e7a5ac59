/** The self-test model that ships in the repository: the engine's contract, and its canaries through the engine.
 *  Separate because every engine must sing them alike. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type EngineTraits, engineContract } from '../contract.ts';
import { ask, type Json } from '../fixtures/ask.ts';
import type { MakeTestEngine } from '../fixtures/test-engine.ts';

const FOLDER = new URL('../../../selftest/', import.meta.url);
const MODEL = fileURLToPath(new URL('b3iq-selftest.gguf', FOLDER));

/** Registers the suite. */
export function engineCanaries(name: string, traits: EngineTraits, makeEngine: MakeTestEngine): void {
  const selfTest = async () => {
    const [sha256 = ''] = (await readFile(`${MODEL}.sha256`, 'utf8')).split(/\s/);
    return makeEngine(MODEL, { sha256 });
  };

  engineContract(`${name} with the self-test model`, traits, selfTest, (running) => {
    test('every canary sings: the same prompt tokens, the same answer, the same calls', async () => {
      expect(running().state()).toEqual({ name: 'ready' });
      const { canaries } = JSON.parse(await readFile(new URL('canaries.json', FOLDER), 'utf8'));
      expect(canaries.length).toBeGreaterThan(20);
      for (const canary of canaries as Json[]) {
        const { messages, tools } = canary;
        const body = { messages, temperature: 0, max_tokens: 200, ...(tools ? { tools } : {}) };
        const { json } = await ask(running(), '/v1/chat/completions', body);
        expect(json.error, canary.id).toBeUndefined();
        const [{ message, finish_reason }] = json.choices;
        expect(json.usage.prompt_tokens, canary.id).toBe(canary.promptTokens);
        if (canary.call) {
          expect(finish_reason, canary.id).toBe('tool_calls');
          const [{ function: called }] = message.tool_calls;
          expect({ name: called.name, arguments: JSON.parse(called.arguments) }, canary.id).toEqual(
            canary.call,
          );
        } else expect(message.content, canary.id).toBe(canary.text);
      }
    });
  });
}
