import type { RulesetDefinition } from '@stoplight/spectral-core';
import { pattern, truthy } from '@stoplight/spectral-functions';
import { oas } from '@stoplight/spectral-rulesets';

type Problems = { message: string; path: (string | number)[] }[];

interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, unknown>>;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly maximum?: number;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly 'x-enum-varnames'?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
}

type Content = Readonly<Record<string, Media>>;

interface Parameter {
  readonly in: string;
  readonly name: string;
}

interface Operation {
  readonly security?: unknown;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content; readonly headers?: object }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Context {
  readonly path: readonly (string | number)[];
}

/** What every route behind an API key may answer. */
const ALWAYS = ['400', '401', '403', '408', '429', '431', '500', '503'];
/** A refusal before its API key is read is not counted; for these two not even the headers are known. */
const UNCOUNTED = ['401', '408', '414', '431'];
const UNREAD = ['408', '431'];

const isSecured = ({ security }: Operation): boolean => Array.isArray(security) && security.length > 0;

const saysWhoMayCall = ({ security }: Operation): readonly string[] =>
  Array.isArray(security) ? [] : ['does not say who may call it'];

const documentsErrors = (operation: Operation): readonly string[] => {
  const { responses } = operation;
  const missing = isSecured(operation) ? ALWAYS.filter((status) => responses[status] === undefined) : [];
  const silent = Object.entries(responses).filter(
    ([status, { content }]) =>
      status >= '400' && Object.keys(content?.['application/json']?.examples ?? {}).length === 0,
  );
  return [
    ...missing.map((status) => `does not document ${status}`),
    ...silent.map(([status]) => `names no error code of ${status}`),
  ];
};

const withoutExample = (content: Content = {}): readonly string[] =>
  Object.entries(content)
    .filter(([, { example, examples }]) => example === undefined && examples === undefined)
    .map(([type]) => type);

const showsRequest = ({ requestBody }: Operation): readonly string[] =>
  withoutExample(requestBody?.content).map(() => 'shows no example of its body');

const showsSuccess = ({ responses }: Operation): readonly string[] =>
  Object.entries(responses)
    .filter(([status]) => status < '300')
    .flatMap(([status, { content }]) => withoutExample(content).map(() => `shows no example of ${status}`));

const openObjects = (schema: Schema, name: string): readonly string[] => [
  ...(schema.properties !== undefined && schema.additionalProperties === undefined ? [name] : []),
  ...Object.entries(schema.properties ?? {}).flatMap(([inner, value]) => openObjects(value, inner)),
  ...(schema.items === undefined ? [] : openObjects(schema.items, name)),
];

const closesBody = ({ requestBody }: Operation): readonly string[] =>
  Object.values(requestBody?.content ?? {})
    .flatMap(({ schema }) => openObjects(schema, 'body'))
    .map((name) => `does not say whether its ${name} takes unknown fields`);

const missingHeaders = (operation: Operation): readonly string[] => {
  const { parameters = [], responses } = operation;
  const isIdempotent = parameters.some(({ name }) => name === 'Idempotency-Key');
  return Object.entries(responses).flatMap(([status, { headers = {} }]) => {
    const expected = [
      ...(UNREAD.includes(status) ? [] : ['X-Request-Id']),
      ...(isSecured(operation) && !UNCOUNTED.includes(status) ? ['RateLimit-Remaining'] : []),
      ...(isIdempotent && status < '300' ? ['Idempotency-Replayed'] : []),
      ...(status === '429' ? ['Retry-After'] : []),
    ];
    return expected.filter((name) => !(name in headers)).map((name) => `does not name ${name} of ${status}`);
  });
};

/** As languages tell names apart that write them their own way. */
const spoken = (name: unknown): string =>
  String(name)
    .replace(/[^a-z0-9]/gi, '')
    .toLowerCase();

const alike = (names: readonly unknown[]): readonly string[] => {
  const groups = [...Map.groupBy(names, spoken).values()].filter(({ length }) => length > 1);
  return groups.map((group) => `${group.join(' and ')} get one name in generated code`);
};

const anySchema = (value: unknown, check: (schema: Schema) => readonly string[]): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return [...check(value), ...Object.values(value).flatMap((inner) => anySchema(inner, check))];
};

const isValue = (value: unknown): boolean => value !== null;

const valuesAreNamed = ({ enum: choices, 'x-enum-varnames': names }: Schema): readonly string[] =>
  Array.isArray(choices) ? alike((names ?? choices).filter(isValue)) : [];

const allowsNull = ({ enum: choices, nullable }: Schema): readonly string[] =>
  Array.isArray(choices) && nullable === true && !choices.includes(null) ? [`null is not among ${choices.join()}`] : [];

const saysSize = ({ type, format, maximum = 0 }: Schema): readonly string[] =>
  type === 'integer' && maximum > 2 ** 31 - 1 && format !== 'int64' ? [`${String(maximum)} needs 64 bits`] : [];

const fieldsAreApart = ({ properties }: Schema): readonly string[] => alike(Object.keys(properties ?? {}));

const parametersAreApart = ({ parameters = [] }: Operation): readonly string[] =>
  alike(parameters.map(({ name }) => name));

const hasName = ({ $ref, oneOf = [] }: Schema): boolean =>
  $ref !== undefined || (oneOf.length > 0 && oneOf.every((branch) => branch.$ref !== undefined));

const bodiesWithoutName = ({ paths }: Document): readonly string[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, { requestBody }]) => Object.values(requestBody?.content ?? {}).some(({ schema }) => !hasName(schema)))
      .map(([method]) => `the body of ${method} ${path} has no name`),
  );

const PORTABLE = /^(?:(?!\\[pPkx]\{|\(\?<).)*$/s;

/** Every pattern, wherever it is. */
const unreadable = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { pattern } = value as { pattern?: unknown };
  const own = typeof pattern === 'string' && !PORTABLE.test(pattern) ? [`${pattern} is read otherwise elsewhere`] : [];
  return [...own, ...Object.values(value).flatMap(unreadable)];
};

const rule = <T>(description: string, given: string, check: (target: T) => readonly string[]) => ({
  description,
  message: '{{error}}',
  severity: 'error' as const,
  resolved: given.startsWith('$.paths'),
  given,
  then: {
    function: (target: T, _options: unknown, { path }: Context): Problems =>
      check(target).map((message) => ({ message, path: [...path] })),
  },
});

const OPERATIONS = '$.paths[*][get,put,post,patch,delete]';
const operationRule = (description: string, check: (operation: Operation) => readonly string[]) =>
  rule(description, OPERATIONS, check);

/** All rules of Spectral for OpenAPI, and our own. */
export const OPENAPI_RULES = {
  extends: [[oas, 'all']],
  rules: {
    // No contact, no license, and tags in reading order.
    'info-contact': 'off',
    'contact-properties': 'off',
    'info-license': 'off',
    'license-url': 'off',
    'openapi-tags-alphabetical': 'off',
    'operation-has-summary': {
      ...operationRule('Says what it does.', () => []),
      then: { field: 'summary', function: truthy },
    },
    'operation-id-is-camel-case': {
      ...operationRule('Ids become names of methods.', () => []),
      then: { field: 'operationId', function: pattern, functionOptions: { match: '^[a-z][A-Za-z]+$' } },
    },
    'operation-says-who-may-call-it': operationRule('Credentials, or an empty list for none.', saysWhoMayCall),
    'request-has-example': operationRule('Every body is shown.', showsRequest),
    'success-has-example': operationRule('Every success is shown.', showsSuccess),
    'errors-are-documented': operationRule('Every error is there with its codes.', documentsErrors),
    'bodies-are-closed': operationRule('Whether unknown fields are refused.', closesBody),
    'answers-name-their-headers': operationRule('Every answer with its headers.', missingHeaders),
    'body-has-a-name': rule('Bodies become types.', '$', bodiesWithoutName),
    'parameters-are-apart': operationRule('Parameters become variables.', parametersAreApart),
    'fields-are-apart': rule('Fields become fields.', '$.components.schemas', (schemas: unknown) =>
      anySchema(schemas, fieldsAreApart),
    ),
    'values-are-apart': rule('Values become constants.', '$', (document: unknown) =>
      anySchema(document, valuesAreNamed),
    ),
    'nullable-allows-null': rule('An enum allows what is in it.', '$', (document: unknown) =>
      anySchema(document, allowsNull),
    ),
    'integer-says-its-size': rule('Integers have sizes elsewhere.', '$', (document: unknown) =>
      anySchema(document, saysSize),
    ),
    'pattern-is-portable': rule('Patterns are read by many languages.', '$', unreadable),
  },
} as unknown as RulesetDefinition;
