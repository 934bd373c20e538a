import { lookup } from 'node:dns/promises';
import { listAgents } from '@dialtone/client';
import { EXIT, reasonOf, type ExitCode } from '../failure';
import { ApiFailure } from '../gateway/api-failure';
import { noAnswerOf } from '../gateway/unreachable';
import type { AddCommands } from '../command-parts';
import type { Run } from '../run';
import { maskedKey, targetOf, type Target } from '../settings/target';

/** Answers what is well, in words; throws what is wrong and what to do. */
type Check = (target: Target, run: Run) => Promise<string>;

const TIMEOUT_MS = 10_000;
const MS_PER_SECOND = 1_000;
const SKEW_S = 60;
const OK = 200;

const ask = async (target: Target, path: string, run: Run): Promise<Response> => {
  const signal = AbortSignal.any([run.around.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    return await fetch(`${target.address}${path}`, { signal, redirect: 'manual' });
  } catch (error) {
    throw new Error(`no answer from ${target.address}: ${noAnswerOf(error).reason}`, { cause: error });
  }
};

const hostOf = ({ address }: Target): string => new URL(address).hostname.replace(/^\[|\]$/g, '');

const host: Check = async (target) => {
  const name = hostOf(target);
  try {
    const found = await lookup(name, { all: true });
    return `${name} is ${found.map(({ address }) => address).join(', ')}`;
  } catch (error) {
    throw new Error(`there is no address of ${name}: check its spelling and your network`, { cause: error });
  }
};

const process_: Check = async (target, run) => {
  const response = await ask(target, '/health/live', run);
  if (response.status === OK) return 'the gateway runs';
  const location = response.headers.get('location');
  throw new Error(
    `${target.address}/health/live answers ${String(response.status)}${location === null ? '' : ` to ${location}`}: is this the address of a Dialtone gateway?`,
  );
};

const database: Check = async (target, run) => {
  const response = await ask(target, '/health/ready', run);
  if (response.status === OK) return 'it has its database';
  throw new Error(
    `the gateway runs but is not ready (${String(response.status)}): its operator has to look at its log`,
  );
};

const clock: Check = async (target, run) => {
  const response = await ask(target, '/health/live', run);
  const theirs = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(theirs)) return 'it does not tell its time';
  const off = Math.round((Date.now() - theirs) / MS_PER_SECOND);
  if (Math.abs(off) <= SKEW_S) return 'your clock and its clock agree';
  throw new Error(
    `your clock is ${String(Math.abs(off))} s ${off > 0 ? 'ahead of' : 'behind'} the gateway's: ages are shown wrong`,
  );
};

const key: Check = async (target, run) => {
  try {
    await (await run.gateway(0)).ask((base) => listAgents({ ...base, query: { limit: 1 } }));
    return `the key ${maskedKey(target.apiKey)} is accepted`;
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    if (error.answer.status === 403) return `the key ${maskedKey(target.apiKey)} is accepted, without agents:read`;
    throw new Error(error.message, { cause: error });
  }
};

/** In this order: each stands on those before it. */
const CHECKS: readonly { readonly name: string; readonly check: Check }[] = [
  { name: 'host', check: host },
  { name: 'gateway', check: process_ },
  { name: 'database', check: database },
  { name: 'clock', check: clock },
  { name: 'key', check: key },
];

const examine = async (run: Run): Promise<ExitCode> => {
  let target: Target;
  try {
    target = await targetOf(run.around.env, run.flags);
  } catch (error) {
    run.print(`✗ settings: ${reasonOf(error)}\n`);
    return EXIT.different;
  }
  run.print(`✓ settings: ${target.address} from ${target.addressFrom}, key from ${target.keyFrom}\n`);
  let code: ExitCode = EXIT.done;
  for (const { name, check } of CHECKS) {
    try {
      run.print(`✓ ${name}: ${await check(target, run)}\n`);
    } catch (error) {
      run.print(`✗ ${name}: ${reasonOf(error)}\n`);
      code = EXIT.different;
      // Nothing after it can be told.
      if (name === 'host' || name === 'gateway') break;
    }
  }
  return code;
};

export const addDoctor: AddCommands = (program, act) => {
  program
    .command('doctor')
    .description('Say what is wrong between here and the gateway; exit code 1 when something is')
    .action(act(examine));
};
