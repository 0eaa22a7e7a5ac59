/**
 * What the endpoint reads of a form with a file in it: the model, and whether the answer is to be streamed.
 * Separate from `parse.ts`, because reading a form takes time and a parser of its own: that of Node's fetch. The bytes
 * go to the engine as they came.
 * @see RFC 7578
 */
import { CodedError } from '../errors.ts';
import type { InferenceRequest } from './parse.ts';

/**
 * @param contentType  as it came, with its boundary     @param body  bounded by the caller
 * @throws unsupported_media_type, invalid_request with the field at fault
 */
export async function parseForm(contentType: string | undefined, body: Buffer): Promise<InferenceRequest> {
  if (contentType === undefined || !/^multipart\/form-data\s*;.*boundary=/i.test(contentType))
    throw new CodedError('unsupported_media_type', 'Send the recording as `multipart/form-data`.');
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch((cause: unknown) => {
      throw new CodedError('invalid_request', 'The body is no form that can be read.', { cause });
    });
  if (!(form.get('file') instanceof File))
    throw new CodedError('invalid_request', 'file: expected a recording.', { param: 'file' });
  const model = only(form, 'model');
  if (model === undefined || model === '')
    throw new CodedError('invalid_request', 'model: expected the name of a model.', { param: 'model' });
  return {
    model,
    isStream: only(form, 'stream') === 'true',
    wantsUsage: true,
    streamOptions: undefined,
    maxTokens: undefined,
    maxTokensNames: [],
    choices: 0,
    prompts: 1,
    hasTools: false,
    hasSchema: false,
    hasLogprobs: false,
    hasImages: false,
  };
}

/** A field's text. Twice the same field is refused: which of the two an engine reads is its own affair. */
function only(form: FormData, name: string): string | undefined {
  const [value, ...more] = form.getAll(name);
  if (more.length > 0 || value instanceof File)
    throw new CodedError('invalid_request', `${name}: expected it once, as text.`, { param: name });
  return value;
}
