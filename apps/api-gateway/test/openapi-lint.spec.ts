import { BINDING_MODES } from '@dialtone/domain';
import { Spectral } from '@stoplight/spectral-core';
import { describeGateway } from '../src/openapi/describe-gateway';
import { OPENAPI_RULES } from './openapi-rules';
import { withParameters } from './spelled-out';

interface Schema {
  $ref?: string;
  type?: string;
  pattern?: string;
  example?: unknown;
  enum?: unknown[];
  nullable?: boolean;
  maximum?: number;
  allOf?: Schema[];
  oneOf?: Schema[];
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean;
}

interface Media {
  example?: unknown;
  examples?: unknown;
  schema: Schema;
}

interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: unknown;
  description?: string;
  parameters: { name?: string; schema: Schema }[];
  requestBody: { content: { 'application/json': Media } };
  responses: Record<string, Response | undefined>;
  'x-error-codes'?: string[];
}

interface Response {
  $ref?: string;
  headers: Record<string, unknown>;
  content: { 'application/json': Media };
}

interface Document {
  components: {
    schemas: Record<string, Schema>;
    responses: Record<string, Response>;
    securitySchemes: { bearer: { 'x-error-codes': string[] } };
  };
  paths: Record<string, Record<string, Operation>>;
}

const lint = async (document: Document): Promise<readonly string[]> => {
  const spectral = new Spectral();
  spectral.setRuleset(OPENAPI_RULES);
  const problems = await spectral.run(document as unknown as Record<string, unknown>);
  return problems.map(({ code, path, message }) => `${String(code)} ${path.join('.')}: ${message}`);
};

const BINDING = '#/components/schemas/BindingDto';
const SHOWN = { description: 'Shown.', content: { 'application/json': { example: {}, schema: { type: 'object' } } } };
const UNION = {
  oneOf: [
    { properties: { a: {} }, required: ['a'], additionalProperties: false },
    { properties: { a: {}, b: {} }, required: ['b'], additionalProperties: false },
  ],
};

type Damage = (operation: Operation, schemas: Record<string, Schema>, components: Document['components']) => void;

/** What each rule is there for. */
const DAMAGES: readonly (readonly [rule: string, damage: Damage])[] = [
  ['operation-operationId', (operation) => delete operation.operationId],
  ['operation-id-is-camel-case', (operation) => (operation.operationId = 'declare-binding')],
  ['operation-has-summary', (operation) => delete operation.summary],
  ['operation-tags', (operation) => delete operation.tags],
  ['operation-description', (operation) => delete operation.description],
  ['operation-says-who-may-call-it', (operation) => delete operation.security],
  ['request-has-example', ({ requestBody }) => delete requestBody.content['application/json'].example],
  ['success-has-example', ({ responses }) => delete responses['200']?.content['application/json'].examples],
  ['errors-are-documented', ({ responses }) => delete responses['default']],
  ['errors-are-documented', (operation) => delete operation['x-error-codes']],
  ['scheme-names-its-errors', (_, __, { securitySchemes }) => securitySchemes.bearer['x-error-codes'].splice(-1)],
  ['errors-are-shared', ({ responses }) => (responses['404'] = responses['200'])],
  ['error-codes-are-known', ({ 'x-error-codes': codes = [] }) => codes.push('TEAPOT')],
  ['answers-name-their-headers', ({ responses }) => delete responses['200']?.headers['X-Request-Id']],
  ['answers-name-their-headers', ({ responses }) => delete responses['200']?.headers['RateLimit-Remaining']],
  ['answers-name-their-headers', ({ responses }) => delete responses['201']?.headers['Idempotency-Replayed']],
  ['answers-name-their-headers', ({ responses }) => (responses['default'] = { ...SHOWN, headers: {} })],
  ['answer-has-a-name', ({ responses }) => (responses['200'] = { ...SHOWN, headers: {} })],
  ['body-has-a-name', ({ requestBody }) => (requestBody.content['application/json'].schema = { type: 'object' })],
  ['parameters-are-apart', ({ parameters }) => parameters.push({ name: 'ifMatch', schema: { type: 'string' } })],
  ['fields-are-apart', (_, schemas) => (schemas['Damaged'] = { properties: { agent_id: {}, agentId: {} } })],
  ['values-are-apart', ({ parameters: [key] }) => key && (key.schema.enum = ['tata_smartflo', 'tata-smartflo'])],
  ['null-is-a-type', (_, schemas) => (schemas['DamagedNull'] = { type: 'string', nullable: true })],
  ['null-is-in-no-enum', (_, schemas) => (schemas['DamagedValue'] = { enum: [0, 1, null] })],
  ['references-stand-alone', (_, schemas) => (schemas['DamagedReference'] = { allOf: [{ $ref: BINDING }] })],
  ['enums-are-shared', ({ parameters: [key] }) => key && (key.schema = { type: 'string', enum: [...BINDING_MODES] })],
  ['branches-are-apart', ({ requestBody }) => (requestBody.content['application/json'].schema = UNION)],
  ['operation-operationId-unique', ({ operationId }) => operationId],
  ['number-says-its-size', ({ parameters: [key] }) => key && (key.schema = { type: 'number' })],
  ['number-says-its-size', ({ parameters: [key] }) => key && (key.schema = { type: 'integer', maximum: 2 ** 31 })],
  ['pattern-is-portable', ({ parameters }) => (parameters[0] = { schema: { pattern: '^\\p{Lu}+$' } })],
  ['oas3-valid-schema-example', ({ parameters: [key] }) => key && (key.schema.example = 'not a number')],
  [
    'oas3-valid-media-example',
    ({ requestBody }) => (requestBody.content['application/json'].example = { agent_id: 'x' }),
  ],
  [
    'bodies-are-closed',
    ({ requestBody }) => (requestBody.content['application/json'].schema = { properties: { a: {} } }),
  ],
];

const PATH = '/api/v2/voicelink/bindings/{key}';

/** One document with a copy of the same route for each damage: linting takes long, and does it once. */
const damaged = (text: string): Document => {
  const { paths, ...rest } = withParameters(JSON.parse(text) as Document);
  const put = paths[PATH]?.['put'];
  if (put === undefined) throw new Error('the route to damage is gone');
  const copies = DAMAGES.map(([, damage], at) => {
    const copy = structuredClone(put);
    damage(copy, rest.components.schemas, rest.components);
    return [`${PATH}/${String(at)}`, { put: copy }] as const;
  });
  return { ...rest, paths: Object.fromEntries(copies) };
};

describe('the OpenAPI document, linted', () => {
  let text: string;
  let problems: readonly string[];
  beforeAll(async () => {
    text = await describeGateway();
    problems = await lint(damaged(text));
  });

  it('breaks no rule', async () => {
    expect(await lint(JSON.parse(text) as Document)).toEqual([]);
  });

  it.each(DAMAGES.map(([rule], at) => [rule, at] as const))('finds what breaks %s (damage %i)', (rule, at) => {
    // A rule over the whole document does not say where.
    const where = `(?:paths[.]${PATH.replace(/[{}]/g, '[$&]')}/${String(at)}[.:]|components[.]|:)`;
    expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${rule} ${where}`)));
  });
});
