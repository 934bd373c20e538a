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
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
}

type Content = Readonly<Record<string, Media>>;

interface Operation {
  readonly security?: unknown;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

interface Context {
  readonly path: readonly (string | number)[];
}

/** What every route behind an API key may answer. */
const ALWAYS = ['400', '401', '403', '429', '500', '503'];

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
  resolved: given !== '$',
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
    // Nobody to write to, no license, and tags in the order that they are read in.
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
    'pattern-is-portable': rule('Patterns are read by many languages.', '$', unreadable),
  },
} as unknown as RulesetDefinition;
