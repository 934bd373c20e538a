import type { RulesetDefinition } from '@stoplight/spectral-core';
import { pattern, truthy } from '@stoplight/spectral-functions';
import { oas } from '@stoplight/spectral-rulesets';
import {
  alike,
  anySchema,
  branchesAreApart,
  enumsNull,
  fieldsAreApart,
  isNullable,
  repeatedEnums,
  saysSize,
  unreadable,
  valuesAreNamed,
  wrapsReference,
  type Schema,
} from './openapi-schema-rules';

type Problems = { message: string; path: (string | number)[] }[];

interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, unknown>>;
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
  readonly responses: Readonly<Record<string, Response>>;
  readonly 'x-error-codes'?: readonly string[];
}

interface Response {
  readonly $ref?: string;
  readonly content?: Content;
  readonly headers?: object;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

interface Context {
  readonly path: readonly (string | number)[];
}

/** What every route behind an API key may answer. */
const ALWAYS = [
  'VALIDATION_ERROR',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'REQUEST_TIMEOUT',
  'RATE_LIMITED',
  'HEADERS_TOO_LARGE',
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
];

const isSecured = ({ security }: Operation): boolean => Array.isArray(security) && security.length > 0;

const saysWhoMayCall = ({ security }: Operation): readonly string[] =>
  Array.isArray(security) ? [] : ['does not say who may call it'];

const documentsErrors = (operation: Operation): readonly string[] => {
  const { responses, 'x-error-codes': codes } = operation;
  return [
    ...(responses['default'] === undefined ? ['does not say what an error looks like'] : []),
    ...(codes === undefined || (codes.length === 0 && !isSecured(operation)) ? ['names no error code'] : []),
  ];
};

const schemeNamesErrors = ({ 'x-error-codes': codes = [] }: Pick<Operation, 'x-error-codes'>): readonly string[] =>
  ALWAYS.filter((code) => !codes.includes(code)).map((code) => `does not document ${code}`);

const routesOf = ({ paths }: Document): readonly (readonly [name: string, operation: Operation])[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  );

const spellsOutErrors = (document: Document): readonly string[] =>
  routesOf(document).flatMap(([name, { responses }]) =>
    Object.entries(responses)
      .filter(([status, { $ref }]) => status >= '400' && $ref === undefined)
      .map(([status]) => `${name} spells ${status} out`),
  );

const unknownCodes = (document: Document): readonly string[] => {
  const known = document.components.schemas['ErrorCode']?.enum ?? [];
  return routesOf(document).flatMap(([name, { 'x-error-codes': codes = [] }]) =>
    codes.filter((code) => !known.includes(code)).map((code) => `${name} names ${code}, which is no error code`),
  );
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

const RATE_LIMIT = 'RateLimit-Remaining';

const expectedHeaders = (operation: Operation, status: string): readonly string[] => {
  const isIdempotent = (operation.parameters ?? []).some(({ name }) => name === 'Idempotency-Key');
  return [
    'X-Request-Id',
    ...(isSecured(operation) ? [RATE_LIMIT] : []),
    ...(isIdempotent ? ['Idempotency-Replayed'] : []),
    ...(status === 'default' ? ['Retry-After', 'WWW-Authenticate', 'ETag'] : []),
  ];
};

const missingHeaders = (operation: Operation): readonly string[] =>
  Object.entries(operation.responses).flatMap(([status, { headers = {} }]) =>
    expectedHeaders(operation, status)
      .filter((name) => !(name in headers))
      .map((name) => `does not name ${name} of ${status}`),
  );

const bodyBranchesAreApart = ({ requestBody }: Operation): readonly string[] =>
  Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => anySchema(schema, branchesAreApart));

const parametersAreApart = ({ parameters = [] }: Operation): readonly string[] =>
  alike(parameters.map(({ name }) => name));

const hasName = ({ $ref, oneOf = [] }: Schema): boolean =>
  $ref !== undefined || (oneOf.length > 0 && oneOf.every((branch) => branch.$ref !== undefined));

const JSON_TYPE = 'application/json';

const bodiesWithoutName = (document: Document): readonly string[] =>
  routesOf(document)
    .filter(([, { requestBody }]) => Object.values(requestBody?.content ?? {}).some(({ schema }) => !hasName(schema)))
    .map(([name]) => `the body of ${name} has no name`);

const answersWithoutName = (document: Document): readonly string[] =>
  routesOf(document).flatMap(([name, { responses }]) =>
    Object.entries(responses)
      .filter(([, { content }]) => content?.[JSON_TYPE] !== undefined && !hasName(content[JSON_TYPE].schema))
      .map(([status]) => `answer ${status} of ${name} has no name`),
  );

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
    'scheme-names-its-errors': rule(
      'What each secured route may answer.',
      '$.components.securitySchemes[*]',
      schemeNamesErrors,
    ),
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
    'null-is-a-type': rule('OpenAPI 3.1 has no nullable.', '$', (document: unknown) => anySchema(document, isNullable)),
    'null-is-in-no-enum': rule('Typed enums have no null.', '$', (document: unknown) => anySchema(document, enumsNull)),
    'references-stand-alone': rule('A reference needs no allOf.', '$', (document: unknown) =>
      anySchema(document, wrapsReference),
    ),
    'enums-are-shared': rule('One set of values is one type.', '$', repeatedEnums),
    'branches-are-apart': operationRule('A union says which branch is meant.', bodyBranchesAreApart),
    'errors-are-shared': rule('All errors look alike.', '$', spellsOutErrors),
    'error-codes-are-known': rule('Codes are those of the enum.', '$', unknownCodes),
    'answer-has-a-name': rule('Answers become types.', '$', answersWithoutName),
    'number-says-its-size': rule('Numbers have sizes elsewhere.', '$', (document: unknown) =>
      anySchema(document, saysSize),
    ),
    'pattern-is-portable': rule('Patterns are read by many languages.', '$', unreadable),
  },
} as unknown as RulesetDefinition;
