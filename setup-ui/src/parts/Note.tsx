/** What happened, what it means, what to do: one box for all such messages. Separate so that they all sound alike. */
import type { ComponentChildren } from 'preact';
import type { Failure } from '../api/call.ts';
import { common } from '../strings/en.json';
import { Icon, type IconName } from './Icon.tsx';

const ICONS: Readonly<Record<'ok' | 'warn' | 'bad' | 'info', IconName>> = {
  ok: 'ok',
  warn: 'warning',
  bad: 'bad',
  info: 'info',
};

interface NoteProps {
  readonly tone: 'ok' | 'warn' | 'bad' | 'info';
  readonly title: ComponentChildren;
  readonly children?: ComponentChildren;
  /** Spoken at once when it appears; leave out for what stands there from the start. */
  readonly isNews?: boolean;
}

export function Note({ tone, title, children, isNews = false }: NoteProps) {
  return (
    <div class={`note ${tone}`} role={isNews ? (tone === 'bad' ? 'alert' : 'status') : undefined}>
      <Icon name={ICONS[tone]} size={22} />
      <div class="note-text">
        <strong>{title}</strong>
        {children !== undefined && <div>{children}</div>}
      </div>
    </div>
  );
}

/** A failed call in the machine's own words, with the code small for support. `title` overrides the machine's. */
export function FailureNote({ failure, title }: { readonly failure: Failure; readonly title?: string }) {
  if (failure.kind === 'unreachable')
    return (
      <Note tone="bad" title={common.unreachable_title} isNews>
        {common.unreachable_body}
      </Note>
    );
  const isUnreadable = failure.title === '';
  return (
    <Note tone="bad" title={title ?? (isUnreadable ? common.unreadable_title : `${failure.title}.`)} isNews>
      {isUnreadable ? common.unreadable_body : failure.detail}
      <small class="code">
        {common.code} {failure.code}
      </small>
    </Note>
  );
}
