import type { Argument, Command, Option } from 'commander';

export interface Suggestion {
  readonly value: string;
  readonly description: string;
}

/** What may stand at the place of the cursor. */
export type Suggested =
  | { readonly kind: 'these'; readonly list: readonly Suggestion[] }
  /** Values that only the gateway or the configuration knows. */
  | { readonly kind: 'ask'; readonly what: Asked }
  | { readonly kind: 'files' };
export type Asked = 'numbers' | 'agents' | 'connections' | 'profiles';

const ASKED_OF: Readonly<Record<string, Asked>> = {
  '--agent': 'agents',
  '--connection': 'connections',
  '--profile': 'profiles',
  number: 'numbers',
  numbers: 'numbers',
  connection: 'connections',
  agent: 'agents',
};

const FILES = '--filename';

interface Place {
  readonly command: Command;
  /** Words of the command that are no options and no values of them. */
  readonly positional: number;
}

const optionsOf = (command: Command): readonly Option[] => {
  const { parent } = command;
  return [...command.options, ...(parent === null ? [] : optionsOf(parent))].filter(({ hidden }) => !hidden);
};

const optionNamed = (command: Command, word: string): Option | undefined =>
  optionsOf(command).find(({ short, long }) => word === short || word === long);

const takesValue = (option: Option | undefined): boolean => option?.required === true || option?.optional === true;

/** Where the words before the cursor lead. */
const placeOf = (program: Command, words: readonly string[]): Place => {
  let command = program;
  let positional = 0;
  let isValue = false;
  for (const word of words) {
    if (isValue) isValue = false;
    else if (word.startsWith('-')) isValue = takesValue(optionNamed(command, word));
    else {
      const child = command.commands.find((one) => one.name() === word);
      if (child === undefined) positional += 1;
      else [command, positional] = [child, 0];
    }
  }
  return { command, positional };
};

const valuesOf = (option: Option, statesAndModes: Readonly<Record<string, readonly string[]>>): Suggested => {
  const name = option.long ?? '';
  if (name === FILES) return { kind: 'files' };
  const what = ASKED_OF[name];
  if (what !== undefined) return { kind: 'ask', what };
  const values = option.argChoices ?? statesAndModes[name] ?? [];
  return { kind: 'these', list: values.map((value) => ({ value, description: '' })) };
};

const argumentAt = ({ command, positional }: Place): Argument | undefined => {
  const all = command.registeredArguments;
  const last = all.at(-1);
  return all[positional] ?? (last?.variadic === true ? last : undefined);
};

const childrenOf = ({ command }: Place): readonly Suggestion[] =>
  command.commands
    .filter((child) => !(child as unknown as { readonly _hidden: boolean })._hidden)
    .map((child) => ({ value: child.name(), description: child.description() }));

/** What may follow the words, which begin with the program and end with the one under the cursor. */
export const suggest = (
  program: Command,
  words: readonly string[],
  values: Readonly<Record<string, readonly string[]>>,
): Suggested => {
  const before = words.slice(1, -1);
  const current = words.at(-1) ?? '';
  const place = placeOf(program, before);
  const option = optionNamed(place.command, before.at(-1) ?? '');
  if (option !== undefined && takesValue(option)) return valuesOf(option, values);
  if (current.startsWith('-')) {
    const list = optionsOf(place.command).map(({ long, short, description }) => ({
      value: long ?? short ?? '',
      description,
    }));
    return { kind: 'these', list };
  }
  const argument = argumentAt(place);
  const children = childrenOf(place);
  if (argument === undefined) return { kind: 'these', list: place.positional === 0 ? children : [] };
  const what = ASKED_OF[argument.name()];
  if (what !== undefined) return { kind: 'ask', what };
  return { kind: 'these', list: (argument.argChoices ?? []).map((value) => ({ value, description: '' })) };
};
