import type { BatchItemBody } from '@dialtone/client';
import { isId } from '../gateway/names';
import type { Content, Entry, Place, Problem } from './places';

/** A declaration of a file. Agent and connection may be names that are still to be looked up. */
export interface Declaration extends Place {
  readonly lines: Readonly<Record<string, number>>;
  readonly item: Omit<BatchItemBody, 'agent_id' | 'connection_id'>;
  readonly agent: string;
  /** Null: the only one. */
  readonly connection: string | null;
}

/** What is wrong with the value of a field; null: nothing. What a value means the gateway decides. */
type Fault = (value: unknown) => string | null;

const text: Fault = (value) => (typeof value === 'string' && value !== '' ? null : 'must be a text');
const whole: Fault = (value) => (Number.isSafeInteger(value) ? null : 'must be a whole number');
const id: Fault = (value) =>
  typeof value === 'string' && isId(value) ? null : 'must be an id, such as f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55';

const number: Fault = (value) => {
  if (typeof value === 'number') return `must be a text: put the number in quotes, "+91…"`;
  return typeof value === 'string' && /\d/.test(value) ? null : 'must be a phone number, such as "+918011223344"';
};

const labels: Fault = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'must be labels, such as { team: sales }; in CSV team=sales,region=north';
  const other = Object.entries(value).find(([, label]) => typeof label !== 'string');
  return other === undefined ? null : `${other[0]} must be a text: put its value in quotes`;
};

/** Fields of the API, which does not compile when it has others. */
const API_FIELDS: Readonly<Record<Exclude<keyof BatchItemBody, 'take_over'>, Fault>> = {
  number,
  agent_id: id,
  connection_id: id,
  client_id: whole,
  bot_name: text,
  websocket_url: text,
  mode: text,
  release: text,
  labels,
  manager: text,
};
/** Names instead of ids: those are the same in another database. */
const FIELDS: Readonly<Record<string, Fault>> = { ...API_FIELDS, agent: text, connection: text };
const KNOWN = Object.keys(FIELDS).toSorted((a, b) => (a < b ? -1 : 1));

const problemsOf = (entry: Entry): readonly Problem[] => {
  const { file, line, fields, lines } = entry;
  const problem = (field: string, message: string): Problem => ({ file, line: lines[field] ?? line, field, message });
  const wrong = Object.entries(fields).flatMap(([field, value]) => {
    const fault = FIELDS[field];
    if (fault === undefined) return [problem(field, `there is no such field; there are ${KNOWN.join(', ')}`)];
    // Null is left out, as the API has it.
    const message = value === null ? null : fault(value);
    return message === null ? [] : [problem(field, message)];
  });
  const has = (field: string): boolean => (fields[field] ?? null) !== null;
  return [
    ...wrong,
    ...(has('number') ? [] : [problem('number', 'is missing')]),
    ...(has('agent') || has('agent_id') ? [] : [problem('agent', 'is missing: give agent (its name) or agent_id')]),
    ...(has('agent') && has('agent_id') ? [problem('agent', 'and agent_id are both there: give one of them')] : []),
    ...(has('connection') && has('connection_id')
      ? [problem('connection', 'and connection_id are both there: give one of them')]
      : []),
  ];
};

const declarationOf = ({ file, line, fields, lines }: Entry): Declaration => {
  const { agent, agent_id, connection, connection_id, ...rest } = fields;
  const item = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  return {
    file,
    line,
    lines,
    item: item as unknown as Declaration['item'],
    agent: (agent_id ?? agent) as string,
    connection: (connection_id ?? connection ?? null) as string | null,
  };
};

/** The same digits are the same number, however they are spelled. Numbers without a country code the gateway compares. */
const digitsOf = (spelled: string): string => spelled.replace(/\D/g, '').replace(/^00/, '');

const repeated = (declarations: readonly Declaration[]): readonly Problem[] => {
  const first = new Map<string, Declaration>();
  return declarations.flatMap((declaration) => {
    const digits = digitsOf(declaration.item.number);
    const before = first.get(digits);
    first.set(digits, before ?? declaration);
    if (before === undefined) return [];
    const { file, line, lines, item } = declaration;
    const message = `${item.number} is declared in ${before.file}:${String(before.line)} already`;
    return [{ file, line: lines['number'] ?? line, field: 'number', message }];
  });
};

/** What the files declare, and everything that is wrong with them. */
export const declarationsOf = ({
  entries,
  problems,
}: Content): { readonly declarations: readonly Declaration[]; readonly problems: readonly Problem[] } => {
  const wrong = new Map(entries.map((entry) => [entry, problemsOf(entry)]));
  const declarations = entries.filter((entry) => wrong.get(entry)?.length === 0).map(declarationOf);
  return { declarations, problems: [...problems, ...[...wrong.values()].flat(), ...repeated(declarations)] };
};
