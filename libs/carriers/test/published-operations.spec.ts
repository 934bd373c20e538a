import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import type { Carrier } from '../src';
import published from './published/operations.json';
import type { ReceivedRequest } from '@dialtone/testing';
import { openAt, ORDER, useCarrier } from './scripted-carrier';

interface Operation {
  readonly method: string;
  /** Below the prefix of its document, with `{names}`. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, object>>;
  readonly query: Readonly<Record<string, object>>;
  readonly contentTypes: readonly string[];
  readonly security: readonly string[];
}

type Documented = 'twilio' | 'jambonz' | 'exotel';

/** With what a request shows who asks. */
const SCHEMES: Readonly<Record<string, RegExp>> = {
  accountSid_authToken: /^Basic [\w+/=]+$/,
  basicAuth: /^Basic [\w+/=]+$/,
  bearerAuth: /^Bearer \S+$/,
};

const ajv = addFormats(new Ajv({ strict: false, coerceTypes: true, logger: false }));

const operationsOf = (name: Documented): readonly Operation[] =>
  (published[name].operations as readonly Operation[]).map((one) => ({
    ...one,
    path: published[name].prefix + one.path,
  }));

const isValid = (schemas: Readonly<Record<string, object>>, values: Readonly<Record<string, string>>): boolean =>
  ajv.validate({ type: 'object', properties: schemas, additionalProperties: false }, { ...values });

/** Whether the document has this request: its path, its method, each name in its query, its form of body and of proof. */
const isDocumented = (operation: Operation, { method, path, headers }: ReceivedRequest): boolean => {
  const [own = '', query = ''] = path.split('?');
  const shape = operation.path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+?)');
  const found = new RegExp(`^${shape}$`).exec(own);
  const type = headers['content-type'];
  return (
    operation.method === method &&
    found !== null &&
    isValid(operation.pathParameters, found.groups ?? {}) &&
    isValid(operation.query, Object.fromEntries(new URLSearchParams(query))) &&
    (type === undefined || operation.contentTypes.includes(type)) &&
    operation.security.some((scheme) => SCHEMES[scheme]?.test(headers.authorization ?? '') === true)
  );
};

const NUMBER = `PN${'0'.repeat(32)}`;
const CALL = `CA${'0'.repeat(32)}`;

/** Everything that is asked of an account: the port has nothing else. */
const ASKED: Readonly<Record<string, (account: Carrier) => Promise<unknown>>> = {
  'where calls to a number go': async (account) => account.inbound?.read('+918047112233'),
  'to point a number': async (account) => account.inbound?.write({ id: NUMBER, from: {}, to: {} }),
  'to verify it': (account) => account.verify(),
  'for its numbers': (account) => account.listNumbers(),
  'for a call': (account) => account.placeCall(ORDER),
  'how a call stands': (account) => account.readCall(CALL),
  'to end a call': (account) => account.endCall(CALL),
};

describe('a published document has what is asked', () => {
  const { carrier } = useCarrier();
  const asked = async (name: Documented, what: string): Promise<readonly ReceivedRequest[]> => {
    carrier().clear();
    carrier().tell = () => ({ json: {} });
    await ASKED[what]?.(openAt(carrier().url, name === 'jambonz' ? 'sip' : name));
    return carrier().got;
  };
  const missing = (name: Documented, got: readonly ReceivedRequest[]): readonly string[] =>
    got
      .filter((one) => !operationsOf(name).some((operation) => isDocumented(operation, one)))
      .map(({ method, path }) => `${method} ${path}`);

  it.each(Object.keys(ASKED))('of Twilio: %s', async (what) => {
    const got = await asked('twilio', what);
    expect([missing('twilio', got), got.length]).toEqual([[], 1]);
  });

  it.each(['for a call', 'how a call stands', 'to end a call'])('of jambonz: %s', async (what) => {
    const got = await asked('jambonz', what);
    expect([missing('jambonz', got), got.length]).toEqual([[], 1]);
  });

  it('of Exotel: for a call, with the ending that asks for JSON in place of XML', async () => {
    const [sent] = await asked('exotel', 'for a call');
    if (sent === undefined) throw new Error('nothing was asked');
    expect(sent.path).toMatch(/\.json$/);
    expect(missing('exotel', [{ ...sent, path: sent.path.replace(/\.json$/, '') }])).toEqual([]);
  });

  it.each<{ name: string; change: (got: ReceivedRequest) => ReceivedRequest }>([
    { name: 'a path', change: (got) => ({ ...got, path: got.path.replace('Calls', 'calls') }) },
    { name: 'a method', change: (got) => ({ ...got, method: 'PUT' }) },
    { name: 'a name in the query', change: (got) => ({ ...got, path: `${got.path}?Foo=1` }) },
    { name: 'an id', change: (got) => ({ ...got, path: got.path.replace('AC0', 'AX0') }) },
    {
      name: 'a form of body',
      change: (got) => ({ ...got, headers: { ...got.headers, 'content-type': 'application/json' } }),
    },
    { name: 'a proof', change: (got) => ({ ...got, headers: { ...got.headers, authorization: 'Bearer x' } }) },
  ])('and not another one: $name', async ({ change }) => {
    const got = await asked('twilio', 'for a call');
    expect(missing('twilio', got.map(change))).toHaveLength(1);
  });
});
