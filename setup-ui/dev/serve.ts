/**
 * `node setup-ui/dev/serve.ts [host|appliance|dashboard|owner] [port]`: the built pages on a machine that exists only here.
 * Separate from the real agent, so that a look at a page needs no engine, no radio and no claim.
 */
import { buildPreview } from './server.ts';

const [kind = 'host', port = '8840'] = process.argv.slice(2);
const preview = buildPreview();
const { machine } = preview;
// One machine under two names, as an appliance has: over its setup network, and on the network it joins.
machine.networks = { ...machine.networks, next_url: `http://localhost:${port}/` };
if (kind === 'appliance') {
  machine.asAppliance();
  machine.onSetupNetwork(`127.0.0.1:${port}`, `localhost:${port}`);
}
if (kind === 'owner') machine.asAppliance();
if (kind === 'dashboard' || kind === 'owner') {
  machine.claimed('done');
  machine.addKey('Notes app', { tokens_today: 1284, last_used_at: new Date().toISOString() });
  for (let i = 0; i < 9; i += 1) machine.ledger.add();
}
preview.server.listen(Number(port), '127.0.0.1', () => {
  const page =
    kind === 'dashboard' || kind === 'owner'
      ? '/'
      : kind === 'host'
        ? '/setup/#token=preview-token-0001'
        : '/setup/';
  process.stdout.write(
    `Preview on http://127.0.0.1:${port}${page}\nLabel code 7K4M-Q2XD, password “winter harbour 42”.\n`,
  );
});
