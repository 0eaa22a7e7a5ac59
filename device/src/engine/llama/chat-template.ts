/**
 * The model's own chat template, rendered as its makers meant it: nothing added, no system prompt of ours.
 * Separate because a template is a program that came with the model file, and fails in its own ways.
 */
import { Template } from '@huggingface/jinja';
import { CodedError } from '../../errors.ts';
import type { ChatMessage, Tool } from '../openai/types.ts';

export interface ChatTemplate {
  readonly source: string;
  /**
   * @param tools  offered tools, empty for none
   * @throws invalid_request when the template refuses the conversation
   */
  render(messages: readonly ChatMessage[], tools: readonly Tool[]): string;
}

/** Facts a template may ask for besides the conversation. */
export interface TemplateFacts {
  readonly bosToken: string;
  readonly eosToken: string;
}

/** @throws model_file_refused when the template cannot be read */
export function compileTemplate(source: string, facts: TemplateFacts): ChatTemplate {
  let template: Template;
  try {
    template = new Template(source);
  } catch (cause) {
    throw new CodedError('model_file_refused', 'The chat template in the model file cannot be read.', {
      cause,
    });
  }
  const knowsDeveloper = source.includes('developer');
  return {
    source,
    render(messages, tools) {
      try {
        return template.render({
          messages: messages.map((message) =>
            message.role === 'developer' && !knowsDeveloper ? { ...message, role: 'system' } : { ...message },
          ),
          ...(tools.length > 0 ? { tools } : {}),
          add_generation_prompt: true,
          bos_token: facts.bosToken,
          eos_token: facts.eosToken,
        });
      } catch (cause) {
        // The template's own words may quote the conversation; they stay in the chain.
        throw new CodedError(
          'invalid_request',
          'The model’s chat template refuses this conversation. Usual reasons: roles that do not alternate, or a first message that is not from the user.',
          { param: 'messages', cause },
        );
      }
    },
  };
}
