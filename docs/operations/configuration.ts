import type { Variable, VariableSet } from '../../libs/platform/src/config/variable';
import { adminVariables, gatewayVariables, reconcilerVariables } from '../../libs/platform/src/config/variables';

const PROCESSES: Readonly<Record<string, VariableSet>> = {
  'api-gateway': gatewayVariables,
  reconciler: reconcilerVariables,
  admin: adminVariables,
};

const INTRODUCTION = `<!-- Generated from libs/platform by docs/operations/generate.mjs. Do not edit. -->

# Configuration

The environment is the only source. A process reads its variables once, at start; a change takes a restart. An empty value counts as a
missing one. A process with a wrong or missing variable names all of them and ends with exit code 78. \`BACKOFF_CAP_MS\` must be at least
\`BACKOFF_BASE_MS\`. The values of secrets are never printed, and each of them may be in a file instead: \`API_KEY_PEPPER_FILE\` names the
one that holds \`API_KEY_PEPPER\`, and so on; a value of the variable itself counts first.
`;

/** The variables of all processes by name, each with those that read it. */
const byName = (
  processes: Readonly<Record<string, VariableSet>>,
): ReadonlyMap<string, ReadonlyMap<string, Variable<unknown>>> => {
  const found = new Map<string, Map<string, Variable<unknown>>>();
  for (const [process, variables] of Object.entries(processes)) {
    for (const variable of Object.values(variables)) {
      const readers = found.get(variable.name) ?? new Map<string, Variable<unknown>>();
      found.set(variable.name, readers.set(process, variable));
    }
  }
  return found;
};

const code = (text: string): string => `\`${text}\``;

const defaultOf = ({ fallback, secret }: Variable<unknown>): string => {
  if (fallback !== undefined) return fallback === '' ? 'empty' : code(fallback);
  return secret === true ? 'none: required, secret' : 'none: required';
};

/** One default, or one for each process where they differ. */
const defaultsOf = (readers: ReadonlyMap<string, Variable<unknown>>): string => {
  const defaults = [...readers].map(([process, variable]) => ({ process, text: defaultOf(variable) }));
  const different = new Set(defaults.map(({ text }) => text));
  return different.size === 1
    ? [...different].join('')
    : defaults.map(({ process, text }) => `${text} (${process})`).join(', ');
};

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

/** The page about all variables, as Markdown, before formatting: what each must be, its default, and who reads it. */
export const configurationPage = (processes: Readonly<Record<string, VariableSet>> = PROCESSES): string => {
  const names = Object.keys(processes);
  const header = ['variable', ...names, 'default', 'must be'];
  const rows = [...byName(processes)].map(([name, readers]) => {
    const mustBe = [...new Set([...readers.values()].map((variable) => variable.mustBe))].join('; ');
    const marks = names.map((process) => (readers.has(process) ? '✓' : ''));
    return [code(name), ...marks, defaultsOf(readers), mustBe.replaceAll('|', String.raw`\|`)];
  });
  return [INTRODUCTION, '\n', ...[header, header.map(() => '---'), ...rows].map(rowOf)].join('');
};
