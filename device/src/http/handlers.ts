/** The form of a handler: request, response, and who asks. Separate so that features can write theirs without the app. */
import type { Request, Response } from 'express';
import type { Caller } from './caller.ts';
import type { RouteKey } from './roles.ts';

/** Answers, or throws a `CodedError` or a `ZodError`. */
export type Handler = (request: Request, response: Response, caller: Caller) => void | Promise<void>;

/** A handler for each of the routes `K`, no more and no fewer. */
export type Handlers<K extends RouteKey = RouteKey> = Readonly<Record<K, Handler>>;
