/** `receipts verify`: the running agent's chain, a ledger file, or one proof by itself. */
import { join } from 'node:path';
import { type ProofAnswer, type ReceiptProof, type VerifyAnswer, verifyReceiptProof } from '@b3iq/wire';
import { receiptProof, verifyAnswer } from '../agent/answers.ts';
import { isAgentStopped } from '../agent/socket.ts';
import { type Command, EXIT, type TrustedKey } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { usage } from '../problems.ts';
import { readTextFile } from '../secrets.ts';
import { grouped, plural, printable } from '../text/words.ts';

/** Ten minutes: a chain of millions of receipts takes minutes to walk. */
const VERIFY_TIMEOUT_MS = 600_000;
/** A proof holds at most 32 hashes, one receipt and one envelope: a few kilobytes. */
const MAX_PROOF_BYTES = 1 << 20;

export async function receiptsVerify(
  context: Context,
  command: Command & { kind: 'receipts-verify' },
): Promise<number> {
  if (command.proof !== undefined) return await verifyProof(context, command.proof, command.trusted);
  const ledger = command.file ?? (command.trusted && join(context.stateDir, 'ledger.sqlite'));
  if (ledger !== undefined) return await verifyFile(context, ledger, command.trusted);
  try {
    const call = {
      method: 'POST',
      path: '/api/receipts/verify',
      body: {},
      timeoutMs: VERIFY_TIMEOUT_MS,
    } as const;
    return await tell(context, await context.agent.ask(call, verifyAnswer));
  } catch (error) {
    if (!isAgentStopped(error)) throw error;
    await context.out.note('The agent is stopped; its ledger is read here.');
    return await verifyFile(context, join(context.stateDir, 'ledger.sqlite'), undefined);
  }
}

async function verifyFile(context: Context, path: string, trusted: TrustedKey | undefined): Promise<number> {
  const key = await trustedKey(context, trusted);
  return await tell(context, await context.workshop.verifyLedger(path, key));
}

async function tell({ out }: Context, verdict: VerifyAnswer): Promise<number> {
  if (out.json) await out.data(verdict);
  else await out.line(describeVerdict(verdict));
  return verdict.ok ? EXIT.ok : EXIT.refused;
}

/** The verdict in a sentence; what it does not prove is said in the command's help. */
export function describeVerdict(verdict: VerifyAnswer): string {
  const size = `${plural(verdict.receipts, 'receipt')} in ${plural(verdict.batches, 'signed batch', 'signed batches')}`;
  if (verdict.ok)
    return verdict.receipts === 0
      ? 'The chain is empty: there is no receipt yet.'
      : `The chain is whole: ${size}.${verdict.head === null ? '' : ` It ends in ${printable(verdict.head)}.`}`;
  if (verdict.first_break === null) return `The chain does not hold, and where is not known. Read: ${size}.`;
  const { seq, reason } = verdict.first_break;
  return `The chain breaks at receipt ${grouped(seq)}: ${printable(reason).replace(/\.$/, '')}. Nothing from there on is proven. Read: ${size}.`;
}

async function verifyProof(context: Context, path: string, trusted: TrustedKey | undefined): Promise<number> {
  const { out } = context;
  const proof = parseProof(await readTextFile(path, MAX_PROOF_BYTES, 'The proof'));
  const answer = verifyReceiptProof(proof, await trustedKey(context, trusted));
  if (out.json) await out.data(answer);
  else await out.line(describeProof(answer));
  return answer.ok ? EXIT.ok : EXIT.refused;
}

function parseProof(text: string): ReceiptProof {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw usage('The proof is not JSON. Give a file made by `b3iq-host receipts show ID --out FILE`.', cause);
  }
  const checked = receiptProof.safeParse(value);
  if (!checked.success)
    throw usage(
      'The proof does not have the form of one. Give a file made by `b3iq-host receipts show ID --out FILE`.',
    );
  return checked.data;
}

/** What was found out about one receipt, for a person. */
export function describeProof(answer: ProofAnswer): string {
  if (answer.ok)
    return `The receipt is genuine: number ${grouped(Number(answer.receipt.seq))}, ${answer.receipt.status}, ${answer.receipt.prompt_tokens} tokens in, ${answer.receipt.completion_tokens} out, ${answer.receipt.started_at}.`;
  const why = {
    key: 'it names another key than the one it is held against',
    batch: 'the signature over its batch does not hold under that key',
    receipt: 'its text is not a receipt',
    place: 'it does not belong to that machine or that batch',
    root: 'its text, its path and the signed root do not fit together',
  }[answer.stage];
  return `The receipt is not proven: ${why} (${answer.reason}).`;
}

/** 32 bytes to hold things against; this machine's own key unless told otherwise. */
async function trustedKey(context: Context, trusted: TrustedKey | undefined): Promise<Uint8Array> {
  const { environment, workshop } = context;
  const hex =
    trusted === undefined
      ? (await workshop.readIdentity(environment)).publicKeyHex
      : trusted.kind === 'hex'
        ? trusted.hex
        : await workshop.publicKeyOf(await readTextFile(trusted.path, MAX_PROOF_BYTES, 'The identity file'));
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  throw usage(
    trusted === undefined
      ? 'No public key is known here. Say whose receipts these are with --public-key HEX or --identity-file FILE.'
      : 'The identity file holds no public key. Give identity.public.json, or use --public-key HEX.',
  );
}
