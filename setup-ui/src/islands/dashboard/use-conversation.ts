/** The playground's conversation, kept while the owner looks at other sections; gone with the page. */
import { useState } from 'preact/hooks';
import type { AnswerState } from '../../chat/types.ts';
import { type Chat, useChat } from '../../chat/use-chat.ts';

export interface Turn {
  readonly question: string;
  readonly answer?: AnswerState;
}

export interface Conversation {
  readonly chat: Chat;
  readonly turns: readonly Turn[];
  readonly setTurns: (turns: readonly Turn[]) => void;
}

export function useConversation(): Conversation {
  const chat = useChat();
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  return { chat, turns, setTurns };
}
