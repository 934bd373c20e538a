import {
  type HistoryEntryDto,
  type HistoryKind,
  type HistoryPageDto,
  listBindingHistory,
  listHistory,
} from '@dialtone/client';
import type { AddCommands } from '../command-parts';
import { EXIT, Failure, type ExitCode } from '../failure';
import type { Gateway } from '../gateway/gateway';
import { Names } from '../gateway/names';
import type { Shape } from '../output/print';
import type { Run } from '../run';

interface HistoryFlags {
  readonly kind?: string;
  readonly from?: string;
  readonly to?: string;
  readonly actor?: string;
  readonly connection?: string;
  readonly limit: string;
}

/** What one page of the API holds at most. */
const PAGE = 100;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** "agent_id a → b" for each field that differs; of what came or went, all of it. */
const changesOf = ({ before, after }: HistoryEntryDto): string => {
  if (after === null) return before === null ? '' : 'ended';
  return Object.entries(after)
    .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(before?.[field]))
    .map(([field, value]) =>
      before === null ? `${field} ${textOf(value)}` : `${field} ${textOf(before[field])} → ${textOf(value)}`,
    )
    .join('; ');
};

const SHAPE: Shape<HistoryEntryDto> = {
  nameOf: ({ id }) => id,
  columns: [
    { title: 'TIME', of: ({ at }) => at },
    { title: 'NUMBER', of: ({ key }) => (key === null ? '–' : `+${key}`) },
    { title: 'KIND', of: ({ kind }) => kind },
    { title: 'BY', of: ({ actor, manager }) => (manager === null ? actor : `${actor} (${manager})`) },
    { title: 'CHANGE', of: changesOf },
    { title: 'OUTCOME', of: ({ outcomes }) => outcomes.map(({ outcome }) => outcome).join(', '), isWide: true },
    { title: 'REQUEST', of: ({ request_id }) => request_id ?? '–', isWide: true },
    { title: 'ID', of: ({ id }) => id, isWide: true },
  ],
};

const LIMIT = /^[1-9]\d{0,4}$/;

const queryOf = async (gateway: Gateway, { kind, from, to, actor, connection }: HistoryFlags) => ({
  // The gateway knows which kinds there are.
  ...(kind !== undefined && { kind: kind as HistoryKind }),
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
  ...(actor !== undefined && { actor }),
  ...(connection !== undefined && { connection_id: await new Names(gateway).connectionId(connection) }),
});

const history = async (run: Run, number: string | undefined, flags: HistoryFlags): Promise<ExitCode> => {
  if (!LIMIT.test(flags.limit)) throw new Failure(`--limit must be 1 to 99999, and not "${flags.limit}".`);
  const gateway = await run.gateway();
  const query = await queryOf(gateway, flags);
  const entries: HistoryEntryDto[] = [];
  let cursor: string | null = null;
  do {
    const limit = Math.min(PAGE, Number(flags.limit) - entries.length);
    const at: { readonly cursor?: string; readonly limit: number } = { limit, ...(cursor !== null && { cursor }) };
    const page: HistoryPageDto = await gateway.ask((base) =>
      number === undefined
        ? listHistory({ ...base, query: { ...query, ...at } })
        : listBindingHistory({ ...base, path: { key: number }, query: { ...query, ...at } }),
    );
    entries.push(...page.entries);
    cursor = page.next_cursor;
  } while (cursor !== null && entries.length < Number(flags.limit));
  run.printRows(entries, SHAPE, 'Nothing is kept of it.');
  return EXIT.done;
};

export const addHistory: AddCommands = (program, act) => {
  program
    .command('history')
    .description('List what changed, who changed it and what was sent to VoiceLink, the newest first')
    .argument('[number]', 'in any spelling; without one: everything')
    .option('--kind <kind>', 'only entries of this kind: verdict_changed, upstream_write, …')
    .option('--from <time>', 'as 2026-01-31T18:00:00Z')
    .option('--to <time>', 'before this time')
    .option('--actor <actor>', 'the id of an API key, reconciler or admin')
    .option('--connection <connection>', 'name or id')
    .option('--limit <entries>', 'how many at most', '50')
    .action(act(history));
};
