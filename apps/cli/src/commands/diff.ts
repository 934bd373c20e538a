import { type BatchItemBody, type BindingDto, getBinding } from '@dialtone/client';
import type { AddCommands } from '../command-parts';
import { addFileFlags, declaredIn, pruneOf, type FileFlags } from '../declare/file-flags';
import { previewOf, previewText, withResult, type Judged } from '../declare/preview';
import { EXIT, type ExitCode } from '../failure';
import { refuseProblems } from '../files/places';
import type { Gateway } from '../gateway/gateway';
import { bindingPages } from '../gateway/pages';
import { labelsOf } from '../output/shapes';
import { shown } from '../output/texts';
import { PATIENCE, type Run } from '../run';

/** More are read from the list, page by page. */
const ONE_BY_ONE = 20;

const currentOf = async (gateway: Gateway, keys: readonly string[]): Promise<ReadonlyMap<string, BindingDto>> => {
  const found = new Map<string, BindingDto>();
  if (keys.length <= ONE_BY_ONE) {
    for (const key of keys) found.set(key, await gateway.ask((base) => getBinding({ ...base, path: { key } })));
    return found;
  }
  const wanted = new Set(keys);
  for await (const page of bindingPages(gateway, {}))
    for (const row of page) if (wanted.has(row.key)) found.set(row.key, row);
  return found;
};

/** The fields of a declaration, each as a text. */
const before = (row: BindingDto): Readonly<Record<string, string>> => ({
  agent_id: row.agent.id,
  connection_id: row.connection_id,
  client_id: String(row.client_id ?? ''),
  bot_name: row.bot_name ?? '',
  websocket_url: row.websocket_url ?? '',
  mode: row.mode,
  release: row.release,
  labels: labelsOf(row.labels),
  manager: row.manager ?? '',
});

const after = (item: BatchItemBody, manager: string | undefined): Readonly<Record<string, string>> => ({
  agent_id: item.agent_id,
  ...(typeof item.connection_id === 'string' && { connection_id: item.connection_id }),
  client_id: String(item.client_id ?? ''),
  bot_name: item.bot_name ?? '',
  websocket_url: item.websocket_url ?? '',
  mode: item.mode ?? 'enforce',
  release: item.release ?? 'keep',
  labels: labelsOf(item.labels ?? {}),
  manager: item.manager ?? manager ?? '',
});

const sorted = (labels: string): string =>
  labels
    .split(',')
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(',');

/** "client_id 415 → 416" for each field that differs. */
const changesOf = (current: BindingDto | undefined, item: BatchItemBody, manager: string | undefined): string => {
  if (current === undefined) return 'changes';
  const was = before(current);
  return Object.entries(after(item, manager))
    .filter(([field, value]) =>
      field === 'labels' ? sorted(value) !== sorted(was[field] ?? '') : value !== was[field],
    )
    .map(([field, value]) => `${field} ${shown(was[field] ?? '') || '–'} → ${shown(value) || '–'}`)
    .join('; ');
};

const lineOf = ({ sent }: Judged, sign: string, text: string): string =>
  `${sign} ${sent.item.number}  ${text}  (${sent.from.file}:${String(sent.from.line)})\n`;

const diff = async (run: Run, flags: FileFlags): Promise<ExitCode> => {
  const gateway = await run.gateway(PATIENCE.work);
  const resolved = await declaredIn(run, gateway, flags.filename);
  const terms = { manager: flags.manager ?? null, takeOver: flags.takeOver === true, prune: pruneOf(flags) };
  const preview = await previewOf(gateway, resolved, terms, () => undefined);
  refuseProblems(preview.problems);
  const [created, updated] = [withResult(preview, 'created'), withResult(preview, 'updated')];
  const current = await currentOf(
    gateway,
    updated.flatMap(({ result: { key } }) => (key === null ? [] : [key])),
  );
  for (const one of created) run.print(lineOf(one, '+', `agent ${shown(one.sent.from.agent)}`));
  for (const one of updated)
    run.print(lineOf(one, '~', changesOf(current.get(one.result.key ?? ''), one.sent.item, flags.manager)));
  for (const { key } of preview.pruned) run.print(`- +${key ?? ''}  is in no file\n`);
  run.say(previewText(preview));
  return created.length + updated.length + preview.pruned.length > 0 ? EXIT.different : EXIT.done;
};

export const addDiff: AddCommands = (program, act) => {
  const command = program
    .command('diff')
    .description('Say how files differ from what is declared; exit code 0: not at all, 1: they do, 2: error');
  addFileFlags(command).action(act(diff));
};
