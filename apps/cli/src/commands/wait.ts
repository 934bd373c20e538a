import { type BindingDto, getBinding } from '@dialtone/client';
import type { AddCommands } from '../command-parts';
import { readyStanding, waitUntil, type Standing, type Waiting } from '../declare/wait-until';
import { EXIT, Failure, type ExitCode } from '../failure';
import { ApiFailure } from '../gateway/api-failure';
import type { Gateway } from '../gateway/gateway';
import { Names } from '../gateway/names';
import { stateOf, whyOf } from '../output/shapes';
import { numbersOf, shown } from '../output/texts';
import { durationOf, PATIENCE, type Run } from '../run';
import { selectedBindings } from './numbers';
import { addSelection, selectionOf, type SelectionFlags } from './selection';
import { statesIn } from './states';
import { blockers } from './wait-for-ready';

interface WaitFlags extends SelectionFlags {
  readonly for: string;
  readonly timeout: string;
}

const NOT_FOUND = 404;
const STATE = 'state=';

/** What is waited for, of a number that is declared. Null: that it is not. */
const standingFor = (text: string): ((row: BindingDto) => Standing) | null => {
  if (text === 'ready') return readyStanding;
  if (text === 'exists') return () => 'there';
  if (text === 'deleted') return null;
  if (!text.startsWith(STATE))
    throw new Failure(`--for must be ready, exists, deleted or state=STATE, and not "${text}".`);
  const states = statesIn(text.slice(STATE.length));
  return ({ readiness }) => (states.includes(readiness.state) && !readiness.stale ? 'there' : 'under_way');
};

/** Digits as the gateway has them: of what is declared it says so itself; the rest is taken as it is given. */
const keyOf = async (gateway: Gateway, number: string): Promise<string> => {
  try {
    return (await gateway.ask((base) => getBinding({ ...base, path: { key: number } }))).key;
  } catch (error) {
    if (error instanceof ApiFailure && error.answer.status === NOT_FOUND) return number.replace(/\D/g, '');
    throw error;
  }
};

const keysOf = async (gateway: Gateway, numbers: readonly string[], flags: WaitFlags): Promise<ReadonlySet<string>> => {
  const keys = new Set<string>();
  for (const number of numbers) keys.add(await keyOf(gateway, number));
  if (numbers.length > 0) return keys;
  const rows = await selectedBindings(gateway, await selectionOf(flags, new Names(gateway)));
  return new Set(rows.map(({ key }) => key));
};

/** Each change of a number once, to standard error. */
const teller = (run: Run): ((waiting: Waiting) => void) => {
  const told = new Map<string, string>();
  return ({ underWay, stuck }) => {
    for (const row of [...underWay.values(), ...stuck.values()]) {
      const line = `${row.phone_number}  ${stateOf(row.readiness)}  ${shown(whyOf(row))}`;
      if (told.get(row.key) !== line && told.size < 100) run.say(line);
      told.set(row.key, line);
    }
  };
};

const wait = async (run: Run, numbers: readonly string[], flags: WaitFlags): Promise<ExitCode> => {
  const standing = standingFor(flags.for);
  const timeoutMs = durationOf(flags.timeout, '--timeout');
  const gateway = await run.gateway(PATIENCE.work);
  const keys = await keysOf(gateway, numbers, flags);
  if (keys.size === 0) throw new Failure('No declared number is like this: there is nothing to wait for.');
  const terms = { query: {}, timeoutMs, signal: run.around.signal, after: teller(run) };
  const waiting =
    standing === null ? await untilGone(gateway, keys, terms) : await waitUntil(gateway, keys, { ...terms, standing });
  const isDone = waiting.there.size === keys.size;
  run.say(
    `${numbersOf(waiting.there.size)} of ${String(keys.size)}: ${flags.for}.${isDone ? '' : `\n${blockers(waiting)}`}`,
  );
  return isDone ? EXIT.done : EXIT.different;
};

/** The same the other way round: there is what the list does not show. */
const untilGone = async (
  gateway: Gateway,
  keys: ReadonlySet<string>,
  terms: Omit<Parameters<typeof waitUntil>[2], 'standing'>,
): Promise<Waiting> => {
  const deadline = performance.now() + terms.timeoutMs;
  for (;;) {
    const left = Math.max(0, deadline - performance.now());
    const seen = await waitUntil(gateway, keys, { ...terms, standing: () => 'stuck', timeoutMs: 0 });
    if (seen.stuck.size === 0 || left === 0)
      return { ...seen, there: seen.missing, missing: new Set(), stuck: new Map(), underWay: seen.stuck };
    await new Promise((resume) => setTimeout(resume, Math.min(1_000, left)));
    terms.signal.throwIfAborted();
  }
};

export const addWait: AddCommands = (program, act) => {
  const command = program
    .command('wait')
    .description('Wait until numbers are ready; exit code 1 when they are not in time, or cannot be without a person')
    .argument('[numbers...]', 'in any spelling');
  addSelection(command)
    .option('--for <what>', 'ready, exists, deleted, or state=STATE', 'ready')
    .option('--timeout <time>', 'how long', '5m')
    .action(act(wait));
};
