/**
 * Every control route in words, with the schemas that parse what is sent and read what is answered. Separate from the table
 * of roles, which says who may come in; the compiler holds the two together, route by route.
 */
import {
  certificateRequest,
  changePasswordRequest,
  claimRequest,
  diskRecoveryKeyRequest,
  factoryResetRequest,
  installRequest,
  joinRequest,
  keyChange,
  newEngineRequest,
  newGrantRequest,
  newKeyRequest,
  newRecoveryCodeRequest,
  originsRequest,
  powerRequest,
  progressRequest,
  recoverRequest,
  signInRequest,
  updateSettingsRequest,
} from '@b3iq/wire/local-api';
import { startRequest } from '../benchmark/routes.ts';
import {
  benchmarkAnswer,
  bundleContents,
  catalogueAnswer,
  claimAnswer,
  engineSummary,
  enginesAnswer,
  envelope,
  grantsAnswer,
  keysAnswer,
  libraryAnswer,
  localKey,
  modelInstall,
  modelsAnswer,
  newGrantAnswer,
  newKeyAnswer,
  originsAnswer,
  receiptProof,
  receiptsAnswer,
  recoveryLinkAnswer,
  setAsideAnswer,
  setupTokenAnswer,
  statusAnswer,
  usageAnswer,
  verifyAnswer,
} from '../cli/agent/answers.ts';
import { chat } from '../engine/openai/shapes.ts';
import { historyQuery } from '../health/routes.ts';
import type { RouteKey } from '../http/roles.ts';
import { listQuery } from '../receipts/routes.ts';
import { usageQuery } from '../usage/routes.ts';
import type { Operation } from './types.ts';

const none = { status: 204 } as const;
const begun = { status: 202 } as const;

export const CONTROL: Readonly<Record<RouteKey, Operation>> = {
  'GET /health': { summary: 'Whether the machine lives, its version and its state.' },
  'GET /metrics': { summary: 'Measurements for Prometheus.', answer: { type: 'text/plain' } },
  'GET /openapi.json': { summary: 'This description.' },

  'GET /api/setup/state': { summary: 'Where the setup stands; nothing secret.' },
  'POST /api/setup/claim': {
    summary: 'Make the machine one’s own.',
    request: claimRequest,
    answer: { status: 201, schema: claimAnswer },
  },
  'POST /api/setup/token': {
    summary: 'A fresh setup token; older ones die.',
    answer: { schema: setupTokenAnswer },
  },
  'POST /api/setup/progress': { summary: 'Go to another step of the wizard.', request: progressRequest },
  'GET /api/setup/networks': { summary: 'Wi-Fi networks in reach, and how a join goes.' },
  'POST /api/setup/networks/scan': { summary: 'Look for networks again.', answer: begun },
  'POST /api/setup/networks/join': { summary: 'Join a network.', request: joinRequest, answer: begun },
  'POST /api/setup/networks/forget': { summary: 'Forget the network that was joined.' },

  'GET /api/appliance': { summary: 'Facts of the appliance.' },
  'POST /api/self-test': { summary: 'Have the self-test model answer once.' },
  'GET /api/update': { summary: 'The version in use, and newer ones.' },
  'POST /api/update/check': { summary: 'Look for a newer version.', answer: begun },
  'POST /api/update/install': { summary: 'Install the newer version beside this one.', answer: begun },
  'POST /api/update/restart': { summary: 'Restart into the installed version.', answer: begun },
  'POST /api/update/settings': {
    summary: 'When updates are installed by themselves.',
    request: updateSettingsRequest,
  },
  'POST /api/factory-reset': {
    summary: 'Erase everything of the owner’s.',
    request: factoryResetRequest,
    answer: begun,
  },
  'POST /api/power': { summary: 'Restart or switch off.', request: powerRequest, answer: begun },
  'POST /api/disk-recovery-key': {
    summary: 'A key that opens the data disk elsewhere; shown once.',
    request: diskRecoveryKeyRequest,
    answer: { status: 201 },
  },
  'GET /api/certificate': { summary: 'The certificate of the https door.' },
  'PUT /api/certificate': { summary: 'Use a certificate of one’s own.', request: certificateRequest },
  'DELETE /api/certificate': { summary: 'Go back to the machine’s own certificate.' },

  'GET /api/session': { summary: 'Who is signed in.' },
  'POST /api/session': { summary: 'Sign in; the answer sets a cookie.', request: signInRequest },
  'DELETE /api/session': { summary: 'Sign out.', answer: none },
  'POST /api/session/recovery-link': {
    summary: 'A link that sets a new password.',
    answer: { schema: recoveryLinkAnswer },
  },
  'POST /api/session/recover': {
    summary: 'Set a new password with a recovery code.',
    request: recoverRequest,
    answer: { schema: claimAnswer },
  },
  'POST /api/owner/password': {
    summary: 'Change the password; other sessions end.',
    request: changePasswordRequest,
    answer: none,
  },
  'POST /api/owner/recovery-code': {
    summary: 'A fresh recovery code; the old one dies.',
    request: newRecoveryCodeRequest,
    answer: { schema: claimAnswer },
  },

  'GET /api/status': { summary: 'The machine at a glance.', answer: { schema: statusAnswer } },
  'GET /api/events': {
    summary: 'The same whenever it changes, as events named `status`.',
    answer: { type: 'text/event-stream' },
  },
  'GET /api/models': { summary: 'Models and what they can do.', answer: { schema: modelsAnswer } },
  'GET /api/models/library': {
    summary: 'Installed models, installations under way, and room on the disk.',
    answer: { schema: libraryAnswer },
  },
  'GET /api/models/catalogue': {
    summary: 'Models this machine knows of, and how well each would fit.',
    answer: { schema: catalogueAnswer },
  },
  'GET /api/models/ollama': {
    summary: 'Models that Ollama keeps on this computer and that are not installed here.',
  },
  'GET /api/models/stick': {
    summary: 'Model files on a stick named B3IQ-MODELS, on an appliance.',
  },
  'DELETE /api/models/library/:id': {
    summary: 'Remove a model; for a while it can be brought back.',
    answer: { schema: libraryAnswer },
  },
  'POST /api/models/library/:id/restore': {
    summary: 'Bring a removed model back.',
    answer: { schema: libraryAnswer },
  },
  'POST /api/models/installs': {
    summary: 'Install a model from an address, a file, a stick or the catalogue.',
    request: installRequest,
    answer: { status: 202, schema: modelInstall },
  },
  'POST /api/models/installs/:id/pause': {
    summary: 'Pause an installation; what is here stays.',
    answer: { schema: libraryAnswer },
  },
  'POST /api/models/installs/:id/resume': {
    summary: 'Go on with an installation.',
    answer: { schema: libraryAnswer },
  },
  'DELETE /api/models/installs/:id': {
    summary: 'Cancel an installation and throw away what is here.',
    answer: { schema: libraryAnswer },
  },
  'GET /api/engines': {
    summary: 'Engines somebody else runs: those in use, and those found on this machine.',
    answer: { schema: enginesAnswer },
  },
  'POST /api/engines': {
    summary: 'Use an engine by its address.',
    request: newEngineRequest,
    answer: { status: 201, schema: engineSummary },
  },
  'DELETE /api/engines/:name': { summary: 'Use an engine no longer.' },
  'GET /api/benchmark': {
    summary: 'What this machine did with each model, and a benchmark under way.',
    answer: { schema: benchmarkAnswer },
  },
  'POST /api/benchmark/start': {
    summary: 'Measure this machine with its models.',
    request: startRequest,
    answer: { status: 202, schema: benchmarkAnswer },
  },
  'POST /api/benchmark/stop': {
    summary: 'Stop measuring; what was measured stays.',
    answer: { schema: benchmarkAnswer },
  },
  'GET /api/benchmark/:id': {
    summary: 'One result as a signed document, marked self-reported.',
    answer: { schema: envelope },
  },
  'GET /api/usage': {
    summary: 'What each key used, by model and UTC day; as CSV with `format=csv`.',
    query: usageQuery,
    answer: { schema: usageAnswer },
  },
  'GET /api/support/contents': {
    summary: 'What a support bundle holds, and what never.',
    answer: { schema: bundleContents },
  },
  'GET /api/support/bundle': {
    summary: 'The bundle: readings and versions, no secrets, no names.',
    answer: { type: 'application/gzip' },
  },
  'GET /api/support/grants': {
    summary: 'Who may look at diagnostics, and until when.',
    answer: { schema: grantsAnswer },
  },
  'POST /api/support/grants': {
    summary: 'Let somebody look at diagnostics; the token is shown once.',
    request: newGrantRequest,
    answer: { status: 201, schema: newGrantAnswer },
  },
  'DELETE /api/support/grants/:id': { summary: 'Take a grant back, with effect on its next request.' },

  'GET /api/health': { summary: 'Heat, load, memory, disk, graphics and engines, as last measured.' },
  'GET /api/health/history': { summary: 'The same over the last week.', query: historyQuery },
  'GET /api/health/alerts': { summary: 'What needs attention, in sentences.' },

  'GET /api/keys': { summary: 'Local keys, without their secrets.', answer: { schema: keysAnswer } },
  'POST /api/keys': {
    summary: 'Make a local key; its secret is shown once.',
    request: newKeyRequest,
    answer: { status: 201, schema: newKeyAnswer },
  },
  'PATCH /api/keys/:id': {
    summary:
      'Change a key’s name, limits, priority or end, with effect on its next request; what is left out stays.',
    request: keyChange,
    answer: { schema: localKey },
  },
  'DELETE /api/keys/:id': {
    summary: 'Revoke a key, with effect on its next request.',
    answer: { schema: localKey },
  },
  'GET /api/origins': {
    summary: 'Pages of other sites that may call `/v1` from a browser.',
    answer: { schema: originsAnswer },
  },
  'PUT /api/origins': {
    summary: 'Name those pages, by origin; the whole list.',
    request: originsRequest,
    answer: { schema: originsAnswer },
  },
  'GET /api/receipts': {
    summary: 'Receipts, newest first.',
    query: listQuery,
    answer: { schema: receiptsAnswer },
  },
  'GET /api/receipts/:id': {
    summary: 'All it takes to verify one receipt without this machine.',
    answer: { schema: receiptProof },
  },
  'POST /api/receipts/verify': {
    summary: 'Verify the whole chain.',
    answer: { schema: verifyAnswer },
  },
  'POST /api/receipts/set-aside': {
    summary: 'Put a damaged ledger away and begin a new one; what was kept stays on the disk.',
    answer: { schema: setAsideAnswer },
  },
  'GET /v1/receipts': {
    summary: 'Receipts, newest first.',
    query: listQuery,
    answer: { schema: receiptsAnswer },
  },
  'POST /api/playground/chat': {
    summary: 'A chat on the owner’s behalf, without a key.',
    request: chat,
    answer: { description: 'As `/v1/chat/completions` answers; streamed when `stream` is true.' },
  },
};
