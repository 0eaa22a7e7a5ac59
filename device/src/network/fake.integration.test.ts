import { describe } from 'vitest';
import { radioContract } from './contract.ts';
import { fakeRadio } from './fake.ts';

describe('the simulated radio', () => {
  radioContract(async () => ({ radio: fakeRadio() }));
});
