import fc from 'fast-check';
import type { Operation, Parameter } from './document';
import { singular } from './known-values';
import { inHeader, inPath, mutationsOf, writeJson, type Draft } from './mutations';
import { inHaste, type FuzzRequest } from './request';
import type { ValidValues } from './valid-values';

const JSON_TYPE = 'application/json';
/** How many of the requests to an operation are valid, and how many are not. */
export interface Shares {
  readonly valid: number;
  readonly wrong: number;
}
const MOSTLY_WRONG: Shares = { valid: 2, wrong: 3 };

/** A bare `{id}` is of what stands before it: `/agent/{id}` takes an agent_id. */
const knownName = ({ path }: Operation, { in: place, name }: Parameter): string => {
  if (place !== 'path' || name !== 'id') return name;
  const words = path.split('/');
  return `${singular(words[words.indexOf('{id}') - 1] ?? '')}_id`;
};

/** What fits where. */
const CARRIED = { path: inPath, query: (text: string) => text, header: inHeader } as const;

type Sent = Readonly<Record<string, string>>;

const parametersOf = (operation: Operation, place: Parameter['in'], values: ValidValues): fc.Arbitrary<Sent> => {
  const parameters = operation.parameters.filter((parameter) => parameter.in === place);
  const arbitraries = Object.fromEntries(
    parameters.map((parameter) => [
      parameter.name,
      values.of(parameter.schema, knownName(operation, parameter)).map((value) => CARRIED[place](String(value))),
    ]),
  );
  const required = parameters.filter((parameter) => parameter.required === true).map(({ name }) => name);
  const outdated = parameters
    .filter((parameter) => parameter.deprecated ?? parameter.schema.deprecated)
    .map(({ name }) => name);
  const all = fc.record(arbitraries, { requiredKeys: required });
  const only = (isSent: (name: string) => boolean): fc.Arbitrary<Sent> =>
    all.map((sent) => Object.fromEntries(Object.entries(sent).filter(([name]) => isSent(name))));
  // Most optional inputs match nothing together, or contradict each other.
  return fc.oneof(
    { arbitrary: all, weight: 1 },
    { arbitrary: only((name) => !outdated.includes(name)), weight: place === 'header' ? 1 : 4 },
    { arbitrary: only((name) => required.includes(name)), weight: 4 },
  );
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An example with existing ids in the place of its own. */
const examplesOf = ({ body }: Operation, values: ValidValues): readonly fc.Arbitrary<unknown>[] =>
  (body?.examples ?? []).filter(isObject).map((example) => {
    const properties = values.propertiesOf(body?.schema ?? {});
    const fields = Object.entries(example).map(([name, shown]) => {
      const schema = properties[name];
      return [name, schema === undefined ? fc.constant(shown) : values.near(schema, name, shown)] as const;
    });
    return fc.record(Object.fromEntries(fields));
  });

const bodyOf = (operation: Operation, values: ValidValues): fc.Arbitrary<unknown> => {
  const { body } = operation;
  if (body === null) return fc.constant(undefined);
  const given = fc.oneof(values.of(body.schema, ''), ...examplesOf(operation, values));
  return body.required ? given : fc.option(given, { nil: undefined, freq: 4 });
};

const draftOf = (operation: Operation, values: ValidValues): fc.Arbitrary<Draft> =>
  fc
    .record({
      path: parametersOf(operation, 'path', values),
      query: parametersOf(operation, 'query', values),
      headers: parametersOf(operation, 'header', values),
      body: bodyOf(operation, values),
    })
    .map(({ path, query, headers, body }) => ({
      operation,
      caller: 'partner',
      path,
      query: Object.entries(query),
      headers,
      body,
      contentType: body === undefined ? null : JSON_TYPE,
    }));

const written = (intent: string, { body, payload, contentType, ...draft }: Draft): FuzzRequest => {
  const text = payload ?? (body === undefined ? null : writeJson(body));
  return { ...draft, intent, payload: text, contentType };
};

/** Requests to one operation: valid ones with their limits, and such with one thing done to them. */
export const casesOf = (
  operation: Operation,
  values: ValidValues,
  shares = MOSTLY_WRONG,
): fc.Arbitrary<FuzzRequest> => {
  const draft = draftOf(operation, values);
  const valid = draft.map((made) => written('valid', made));
  const wrong = fc
    .tuple(draft, mutationsOf(operation))
    .map(([made, { intent, apply }]) => written(intent, apply({ ...made, contentType: JSON_TYPE })));
  const either = fc.oneof({ arbitrary: valid, weight: shares.valid }, { arbitrary: wrong, weight: shares.wrong });
  return either.map(inHaste);
};
