/** On a phone, the sections that have no tab of their own. */
import type { StatusAnswer, UpdateAnswer } from '@b3iq/wire/local-api';
import { pathOfSection, restFor, type Section } from '../../flow/section.ts';
import { Icon } from '../../parts/Icon.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { dash, more as text } from '../../strings/en.json';
import { fill, plural } from '../../text.ts';

interface MoreProps {
  readonly update: UpdateAnswer | undefined;
  readonly status: StatusAnswer;
}

export function More({ update, status }: MoreProps) {
  const news = update?.state.kind === 'ready' ? update.state.version : update?.available?.version;
  const said: Readonly<Partial<Record<Section, string>>> = {
    models: text.models,
    benchmark: text.benchmark,
    usage: text.usage,
    network: status.state === 'claimed-recovering' ? text.network_lost : text.network,
    updates:
      news !== undefined
        ? fill(text.updates_new, { version: news })
        : update === undefined
          ? text.updates
          : fill(text.updates_version, { version: update.current.version }),
    machine: text.machine,
    health:
      status.alerts_open === 0
        ? text.health
        : plural(status.alerts_open, text.health_alerts_one, text.health_alerts_other),
    support: text.support,
    settings: text.settings,
  };
  return (
    <>
      <ViewHead title={dash.more} lead={text.lead} />
      <ul class="card links">
        {restFor(status.kind).map((section) => (
          <li key={section}>
            <a href={pathOfSection(section)}>
              <Icon name={section} />
              <span>
                {dash[section]}
                <small>{said[section]}</small>
              </span>
              <Icon name="chevron" size={18} />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
