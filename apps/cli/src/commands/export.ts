import { stringify } from 'yaml';
import type { BindingDto } from '@dialtone/client';
import type { AddCommands } from '../command-parts';
import { EXIT, Failure, type ExitCode } from '../failure';
import { Names } from '../gateway/names';
import { labelsOf } from '../output/shapes';
import { numbersOf } from '../output/texts';
import { PATIENCE, type Run } from '../run';
import { selectedBindings } from './numbers';
import { addSelection, selectionOf, type SelectionFlags } from './selection';

interface ExportFlags extends SelectionFlags {
  readonly ids?: boolean;
}

type Value = string | number | Readonly<Record<string, string>>;
type Exported = Readonly<Record<string, Value>>;

/** Left out where it is what a declaration without the field has. */
const without = (fields: Readonly<Record<string, Value | null>>): Exported =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));

const declarationOf = (row: BindingDto, ids: boolean, connection: string | null): Exported => {
  const { agent, client_id, bot_name, websocket_url, mode, release, labels, manager } = row;
  const isNamed = !ids && agent.name !== null && !agent.deleted;
  return without({
    number: row.phone_number,
    ...(isNamed ? { agent: agent.name } : { agent_id: agent.id }),
    ...(ids ? { connection_id: row.connection_id } : { connection }),
    ...{ client_id, bot_name, websocket_url, manager },
    mode: mode === 'enforce' ? null : mode,
    release: release === 'keep' ? null : release,
    labels: Object.keys(labels).length > 0 ? labels : null,
  });
};

const quoted = (text: string): string => (/[",\r\n;]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const csvOf = (rows: readonly Exported[]): string => {
  const columns = [...new Set(['number', ...rows.flatMap((row) => Object.keys(row))])];
  const cell = (value: Value): string => quoted(typeof value === 'object' ? labelsOf(value) : String(value));
  const lines = rows.map((row) => columns.map((column) => cell(row[column] ?? '')).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('');
};

const FORMATS: Readonly<Record<string, (rows: readonly Exported[]) => string>> = {
  table: (rows) => stringify(rows, { lineWidth: 0 }),
  yaml: (rows) => stringify(rows, { lineWidth: 0 }),
  json: (rows) => `${JSON.stringify(rows, null, 2)}\n`,
  csv: csvOf,
};

const exportAll = async (run: Run, flags: ExportFlags): Promise<ExitCode> => {
  const write = FORMATS[run.format];
  if (write === undefined) throw new Failure('export writes yaml, json or csv (-o).');
  const gateway = await run.gateway(PATIENCE.work);
  const names = new Names(gateway);
  const rows = await selectedBindings(gateway, await selectionOf(flags, names));
  // With one connection a declaration needs no name of it, and fits into any other database.
  const known = (await names.connections()).length > 1 ? await names.connectionName() : null;
  run.print(write(rows.map((row) => declarationOf(row, flags.ids === true, known?.(row.connection_id) ?? null))));
  run.say(`${numbersOf(rows.length)} exported.`);
  const orphans = rows.filter(({ agent }) => agent.deleted).length;
  if (orphans > 0)
    run.say(`warning: the agent of ${numbersOf(orphans)} does not exist any more: apply will refuse them.`);
  return EXIT.done;
};

export const addExport: AddCommands = (program, act) => {
  const command = program
    .command('export')
    .description(
      'Print declarations as apply takes them: -o yaml, json or csv; agents by name, to fit another database',
    );
  addSelection(command).option('--ids', 'ids instead of the names of agents and connections').action(act(exportAll));
};
