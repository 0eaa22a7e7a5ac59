/**
 * The other parts of the program as the command line uses them, each loaded when it is first needed.
 * Separate so that `b3iq-host --help` loads no SQLite and no engine, and tests hand in a fake.
 */
import { join } from 'node:path';
import { stateDir } from '../config.ts';
import type { IdentityOptions } from '../identity/open.ts';
import { jsonLog } from '../os/log.ts';
import type { IdentityFacts, Workshop } from './context.ts';
import type { CliIo } from './io.ts';

export function openWorkshop(): Workshop {
  return {
    run: async (environment, overrides, asService) => {
      const { runAgent } = await import('../run.ts');
      return await runAgent({ environment, overrides, asService });
    },
    computer: async (environment) => {
      const { thisComputer } = await import('../service/this-computer.ts');
      return thisComputer(environment);
    },
    verifyLedger: async (path, publicKey) => {
      const { verifyLedgerFile } = await import('../receipts/reader.ts');
      return verifyLedgerFile(path, publicKey);
    },
    readIdentity,
    publicKeyOf: async (text) => {
      const { parseKeyFile, parseRecord } = await import('../identity/parse.ts');
      const { bytesToHex } = await import('@b3iq/wire');
      const key = parseKeyFile(text)?.publicKey;
      return key === undefined ? parseRecord(text)?.first_public_key : bytesToHex(key);
    },
    exportIdentity: async (environment, path) => {
      const { exportIdentity } = await import('../identity/recover.ts');
      const { identityOf, readIdentity: read } = await import('../identity/open.ts');
      const { custody, verdict } = await read(identityOptions(environment));
      if (verdict.kind === 'ready') return await exportIdentity(identityOf(verdict.key, custody), path);
      return {
        kind: 'refused',
        reason:
          verdict.kind === 'create'
            ? 'This machine has no identity yet. Start the agent once.'
            : verdict.reason,
      };
    },
    importIdentity: async (environment, backup) => {
      const { importIdentity } = await import('../identity/recover.ts');
      return await importIdentity(identityOptions(environment), backup);
    },
    renewIdentity: async (environment) => {
      const { renewIdentity } = await import('../identity/recover.ts');
      return await renewIdentity(identityOptions(environment));
    },
  };
}

async function readIdentity(environment: CliIo['env']): Promise<IdentityFacts> {
  const { readIdentity: read } = await import('../identity/open.ts');
  const { bytesToHex, shortNameOf } = await import('@b3iq/wire');
  const { custody, record, verdict } = await read(identityOptions(environment));
  if (verdict.kind === 'create') return { state: 'absent' };
  const known =
    verdict.kind === 'ready'
      ? { nodeId: verdict.record.node_id, publicKeyHex: bytesToHex(verdict.key.publicKey), custody }
      : record.kind === 'found'
        ? { nodeId: record.value.node_id, publicKeyHex: record.value.first_public_key }
        : {};
  const name = known.nodeId === undefined ? {} : { shortName: shortNameOf(known.nodeId) };
  const written =
    verdict.kind === 'ready' ? verdict.record : record.kind === 'found' ? record.value : undefined;
  const predecessors = (written?.predecessors ?? []).map(({ node_id, first_public_key }) => ({
    nodeId: node_id,
    publicKeyHex: first_public_key,
  }));
  const reason = verdict.kind === 'ready' ? {} : { reason: verdict.reason };
  return { state: verdict.kind, ...known, ...name, ...reason, predecessors };
}

function identityOptions(environment: CliIo['env']): IdentityOptions {
  const sealed = environment.CREDENTIALS_DIRECTORY;
  return {
    stateFolder: stateDir(environment),
    // What is done is told by the command itself; stdout is for answers.
    log: jsonLog('error', () => {}),
    ...(sealed ? { credentialPath: join(sealed, 'identity') } : {}),
  };
}
