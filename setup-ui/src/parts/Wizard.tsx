/** The frame of every setup page: name, light, progress, one task. Separate so that islands hold nothing but their task. */
import type { ComponentChildren } from 'preact';
import { lightFor, stepsFor } from '../flow/state.ts';
import type { Page } from '../flow/types.ts';
import type { Setup } from '../flow/use-setup.ts';
import { common, steps as text } from '../strings/en.json';
import { fill } from '../text.ts';
import { Icon } from './Icon.tsx';
import { LightMark } from './LightMark.tsx';
import { Machine } from './Machine.tsx';

interface WizardProps {
  readonly page: Page;
  readonly flow: Pick<Setup, 'setup' | 'contact'>;
  /** The page itself says why the machine is away, and better. */
  readonly isAwayExpected?: boolean;
  readonly children: ComponentChildren;
}

export function Wizard({ page, flow, isAwayExpected = false, children }: WizardProps) {
  const { setup, contact } = flow;
  const hasSteps = page !== 'sign-in' && page !== 'receipt';
  const light = lightFor(
    contact,
    setup && { state: setup.state, model: setup.model, isSettingUp: hasSteps && setup.step !== 'done' },
  );
  return (
    <div class={`wizard page-${page}`}>
      <header class="side">
        <p class="mark">{common.product}</p>
        <Machine kind={setup?.kind ?? 'host'} tone={light.tone} />
        <div class="plate">
          <span class="name">{setup?.name ?? common.machine}</span>
          <LightMark light={light} />
        </div>
        {hasSteps && <Steps page={page} hasNetworkStep={setup?.network_step ?? false} />}
        <p class="local">
          <Icon name="shield" size={18} />
          {common.local_page}
        </p>
      </header>
      <main class="task" aria-busy={contact === 'loading'}>
        <Reconnecting isShown={contact === 'reconnecting' && !isAwayExpected} />
        {children}
      </main>
    </div>
  );
}

/** Calm word about a machine that is away; the live region stands there from the start so that it is spoken. */
export function Reconnecting({ isShown }: { readonly isShown: boolean }) {
  return (
    <div role="status" class="reconnecting">
      {isShown && (
        <div class="note warn">
          <span class="spinner" aria-hidden="true" />
          <div class="note-text">
            <strong>{common.reconnecting_title}</strong>
            <div>{common.reconnecting_body}</div>
          </div>
        </div>
      )}
    </div>
  );
}

function Steps({ page, hasNetworkStep }: { readonly page: Page; readonly hasNetworkStep: boolean }) {
  const steps = stepsFor(page, hasNetworkStep);
  const now = steps.findIndex((step) => step.progress === 'now') + 1;
  return (
    <nav class="steps" aria-label={`${text.label}. ${fill(text.position, { now, all: steps.length })}`}>
      <ol>
        {steps.map(({ step, progress }) => (
          <li key={step} class={progress} aria-current={progress === 'now' ? 'step' : undefined}>
            <span class="tick" aria-hidden="true">
              {progress === 'done' && <Icon name="check" size={14} />}
            </span>
            <span class="step-name">{text[step]}</span>
            {progress === 'done' && <span class="sr-only">, {text.done}</span>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
