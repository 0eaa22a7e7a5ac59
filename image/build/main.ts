/**
 * `make image`, `make image-verify`, `make image-lock`: the command behind them.
 * Separate as the only place where the parts of the build meet.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compressInside, formatArtefacts, publish, publishStore } from './artefacts.ts';
import { buildBareDebian } from './bare.ts';
import { type BuildFacts, type Config, configOf, readConfig } from './config.ts';
import { buildImage } from './image.ts';
import type { Ingredients } from './ingredients.ts';
import { diffLocks, formatDifferences, formatLock } from './lock.ts';
import { takeGivenPackages } from './nvidia.ts';
import { checkKeys, prepareHost, prepareLocks, readLock } from './prepare.ts';
import { resolveLocks } from './resolve.ts';
import { verify } from './verify.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const gatherIngredients = async (config: Config): Promise<Ingredients> => {
  const store = join(config.cache, 'store');
  mkdirSync(store, { recursive: true });
  const given = await takeGivenPackages(config, store);
  prepareHost(say);
  return { locks: await prepareLocks(config, store, say), given, store };
};

const image = async (config: Config): Promise<void> => {
  checkKeys(config);
  const ingredients = await gatherIngredients(config);
  const started = performance.now();
  const work = join(config.cache, `work-${config.profile}`);
  const { output, root } = buildImage(
    config,
    { work, buildRoots: join(config.cache, 'build-roots') },
    ingredients,
    say,
  );
  const bill = join(work, 'facts/usr/share/b3iq/sbom/os.cdx.json');
  const artefacts = await publish(config, output, bill, compressInside(config.top, root));
  if (config.profile === 'release')
    publishStore(
      config.out,
      Object.values(ingredients.locks).flatMap((lock) => lock.packages),
      ingredients.store,
    );
  for (const line of formatArtefacts(artefacts)) say(line);
  say(`Built in ${Math.round((performance.now() - started) / 1000)} s: ${config.out}`);
};

const refreshLock = (config: Config): void => {
  prepareHost(say);
  mkdirSync(join(config.top, 'image/lock'), { recursive: true });
  for (const fresh of resolveLocks(config)) {
    const differences = diffLocks(readLock(config, fresh.tree).packages, fresh.packages);
    say(`${fresh.tree}: ${fresh.packages.length} packages, ${differences.length} changed`);
    for (const line of formatDifferences(differences)) say(`  ${line}`);
    writeFileSync(join(config.top, `image/lock/${fresh.tree}.json`), formatLock(fresh));
  }
};

/** The facts of a published release; its name tells the version. */
const readPublished = (release: string): BuildFacts => {
  const sums = readFileSync(join(release, 'SHA256SUMS'), 'utf8');
  const name = /\b(b3iq_\d+\.build\.json)$/m.exec(sums)?.[1];
  if (name === undefined)
    throw new Error(`${release} is not a published image: its SHA256SUMS name no build.json.`);
  return JSON.parse(readFileSync(join(release, name), 'utf8'));
};

const verifyAgain = async (given: Config): Promise<void> => {
  const { release } = given;
  if (release === undefined && !existsSync(join(given.out, 'SHA256SUMS'))) await image(given);
  const first = release ?? given.out;
  const config = {
    ...configOf(given, readPublished(first)),
    stores: [...given.stores, join(first, 'store')],
  };
  const ingredients = await gatherIngredients(config);
  say(
    `Building again, elsewhere, 400 days later, in a new build root${release === undefined ? '' : ', without the keys'}...`,
  );
  const same = await verify({ config, ingredients, first, withoutKeys: release !== undefined }, say);
  say(same ? 'Every artefact is bit-identical.' : 'The two builds differ.');
  if (!same) process.exitCode = 1;
};

const bareDebian = async (config: Config): Promise<void> => {
  say(`Built: ${buildBareDebian(config, await gatherIngredients(config), say)}`);
};

const COMMANDS: Readonly<Record<string, (config: Config) => Promise<void> | void>> = {
  'bare-debian': bareDebian,
  image,
  lock: refreshLock,
  verify: verifyAgain,
};

const command = COMMANDS[process.argv[2] ?? ''];
try {
  if (command === undefined) throw new Error(`Usage: main.ts ${Object.keys(COMMANDS).join(' | ')}`);
  await command(readConfig(dirname(dirname(dirname(fileURLToPath(import.meta.url))))));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
