import { expect, test } from 'vitest';
import { loadTrouble, serverArguments, serverEnvironment } from './plan.ts';

const TASK = {
  modelId: 'm',
  modelPath: '/models/m.gguf',
  socketPath: '/run/e.sock',
  contextTokens: 2048,
  slots: 4,
  threads: 3,
  gpu: 'auto',
  cards: null,
} as const;
const after = (list: readonly string[], flag: string) => list[list.indexOf(flag) + 1];

test('the context is given for all slots, and the model is named', () => {
  const list = serverArguments(TASK, '/tmp/native.sock', undefined);
  expect(after(list, '--ctx-size')).toBe('8192');
  expect(after(list, '--parallel')).toBe('4');
  expect(after(list, '--threads')).toBe('3');
  expect(after(list, '--model')).toBe('/models/m.gguf');
  expect(after(list, '--host')).toBe('/tmp/native.sock');
});

test('nothing that reaches out, runs tools or shows what others asked is on', () => {
  const list = serverArguments(TASK, '/tmp/native.sock', undefined);
  expect(list).toEqual(expect.arrayContaining(['--offline', '--no-ui', '--no-slots', '--no-jinja']));
  expect(list.join(' ')).not.toMatch(/--(?:tools|agent|models-dir|hf-repo|model-url|port|metrics|props)\b/);
});

test('a GPU is left out only when told so', () => {
  expect(serverArguments(TASK, 's', undefined)).not.toContain('--device');
  expect(after(serverArguments({ ...TASK, gpu: false }, 's', undefined), '--device')).toBe('none');
  expect(serverEnvironment({ ...TASK, gpu: false }, '/c')).toMatchObject({ VK_LOADER_DRIVERS_DISABLE: '*' });
});

test('a model that says how it pools is left to it', () => {
  expect(after(serverArguments(TASK, 's', undefined), '--pooling')).toBe('last');
  expect(after(serverArguments(TASK, 's', 0), '--pooling')).toBe('last');
  expect(serverArguments(TASK, 's', 1)).not.toContain('--pooling');
});

test('its environment is what stands here and nothing else', () => {
  expect(Object.keys(serverEnvironment(TASK, '/c')).sort()).toEqual([
    'GGML_NO_BACKTRACE',
    'HOME',
    'LLAMA_CACHE',
    'OMP_WAIT_POLICY',
    'XDG_CACHE_HOME',
  ]);
});

test('lack of memory is told apart from a bad file, and neither tells paths', () => {
  const words = 'E ggml_vulkan: ErrorOutOfDeviceMemory /secret/path';
  expect(loadTrouble(words, 'm.gguf', 4)).toMatchObject({ code: 'engine_unavailable' });
  expect(loadTrouble('unknown model architecture', 'm.gguf', 4)).toMatchObject({
    code: 'model_file_refused',
  });
  expect(loadTrouble(words, 'm.gguf', 4).detail).not.toContain('/secret');
});
