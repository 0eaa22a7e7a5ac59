/**
 * A worker thread one can ask: answers come in the order of the questions, and a thread that died is made anew.
 * Separate so that the ledger itself deals in promises only.
 */
import { Worker } from 'node:worker_threads';
import { CodedError } from '../errors.ts';
import { ownFile } from '../os/own-files.ts';
import type { Question, ReaderData, Reply, WriterData } from './worker.ts';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class LedgerThread {
  readonly #data: WriterData | ReaderData;
  readonly #waiting: Waiting[] = [];
  #worker: Worker | undefined;

  constructor(data: WriterData | ReaderData) {
    this.#data = data;
  }

  /** @throws CodedError as the thread threw it; ledger_unavailable when the thread died */
  ask(question: Question): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#worker ??= this.#start();
      // A question keeps the process alive until it is answered; an idle thread does not.
      if (this.#waiting.length === 0) this.#worker.ref();
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(question);
    });
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    // execArgv is emptied: flags of the parent, such as a test runner's loaders, are not for this thread.
    const worker = new Worker(ownFile('ledgerWorker'), {
      workerData: this.#data,
      execArgv: [],
    });
    worker.on('message', (reply: Reply | object) => {
      if (!('ok' in reply)) return; // under `node --watch` Node itself tells here which files the thread loaded
      const waiting = this.#waiting.shift();
      if (this.#waiting.length === 0) worker.unref();
      if (reply.ok) waiting?.resolve(reply.value);
      else {
        const cause = new Error(reply.log);
        waiting?.reject(new CodedError(reply.code, reply.detail, { ...reply.facts, cause }));
      }
    });
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const { reject } of this.#waiting.splice(0))
        reject(
          new CodedError(
            'ledger_unavailable',
            'The thread that writes receipts ended. It starts again by itself.',
            {
              cause,
            },
          ),
        );
    });
    return worker;
  }
}
