import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import prettier from 'prettier';
import { repositoryRoot } from '../../deploy/local/paths.mjs';
import { cellsOf, HEADS } from './text.mjs';

const JSON_FILE = join(repositoryRoot, 'docs', 'performance.json');
const DOCUMENT = join(repositoryRoot, 'docs', 'performance.md');
const WORDS = join(repositoryRoot, 'bench', 'table', 'performance.txt');

/** Keeps the run in place of the last one of its kind (`table` or `scale`), and writes the document that shows both. */
export async function writeDocument(run, kind) {
  const runs = { ...keptRuns(), [kind]: run };
  writeFileSync(JSON_FILE, await formatted(JSON.stringify(runs), JSON_FILE));
  writeFileSync(DOCUMENT, await documentOf(runs));
}

const keptRuns = () => JSON.parse(readFileSync(JSON_FILE, 'utf8'));

/** The document of the runs that are kept: the words of bench/table/performance.txt around their figures. */
async function documentOf({ table, scale }) {
  const parts = { table: partOf(table), scale: scale === undefined ? 'Not measured yet.' : partOf(scale) };
  const text = readFileSync(WORDS, 'utf8').replaceAll(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
  return formatted(text, DOCUMENT);
}

const partOf = (run) => `${sentenceOf(run)} ${verdictsOf(run.rows)}\n\n${tableOf(run.rows)}\n\n${notesOf(run.rows)}`;

const formatted = async (text, file) =>
  prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file });

function tableOf(rows) {
  const lines = [HEADS, HEADS.map(() => '---'), ...rows.map((row, index) => cellsOf(row, rows[index - 1]))];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

const notesOf = (rows) =>
  rows
    .filter(({ note }) => note !== null)
    .map(({ work, figure, note }) => `- ${work}, ${figure}: ${note}`)
    .join('\n');

function sentenceOf({ date, commit, hasChanges, machine, sizes, seconds }) {
  const { processors, model, memoryGiB, platform, node } = machine;
  const what = `Measured on ${date} at commit ${commit}${hasChanges ? ', with changes that are not committed' : ''}`;
  const where = `on ${processors} processors (${model}), ${memoryGiB} GiB, ${platform}, Node ${node}`;
  const how = `${sizes.dids.toLocaleString('en-US')} numbers on the large account, ${sizes.declared} declared at once, ${sizes.times} repetitions, in ${Math.round(seconds / 60)} minutes`;
  return `${what}, ${where}: ${how}.`;
}

function verdictsOf(rows) {
  const judged = rows.filter(({ met }) => met !== null);
  return `${judged.filter(({ met }) => met).length} of ${judged.length} targets are met.`;
}

/** `node bench/table/document.mjs [--check]`: writes the document of the kept run again, or fails when it is not that. */
async function main() {
  const text = await documentOf(keptRuns());
  if (!process.argv.includes('--check')) return writeFileSync(DOCUMENT, text);
  if (readFileSync(DOCUMENT, 'utf8') === text) return;
  process.stderr.write(
    'docs/performance.md is not what docs/performance.json gives: run node bench/table/document.mjs\n',
  );
  process.exitCode = 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
