import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  operationsOf,
  resolved,
  type OpenApiDocument,
  type Operation,
  type Schema,
} from '../../../test/api-fuzz/document';
import { bodyLimitsOf } from '../src/http/server/body-limits';
import { useGateway } from './gateway';
import { leastBusyMs, MAX_BUSY_MS } from './least-busy';
import { KEY } from './observations';
import { withParameters } from './spelled-out';
import { longestTaken, worstBodies, type Extent } from './worst-bodies';

const document = withParameters(
  JSON.parse(readFileSync(resolve(__dirname, '../../../docs/api/openapi.json'), 'utf8')) as OpenApiDocument,
);

/** As the router knows the route: a colon that is no parameter is written twice. */
const limitsOf = ({ path }: Operation) => bodyLimitsOf(path.replaceAll(':', '::'));
const MAX_ANSWER = 16 * 1024;
const US_PER_MS = 1_000;

const withBody = operationsOf(document).filter(({ body }) => body !== null);
/** Bodies of a thousand numbers are worked on in turns, which bulk-turns.spec measures. */
const inOneTurn = withBody.filter(({ path }) => !/:(?:batch|delete)$/.test(path));
const withQuery = operationsOf(document).filter(({ method, secured }) => method === 'get' && secured);

const fieldsOf = (schema: Schema): string[] => {
  const own = resolved(document, schema);
  const branches = [...(own.oneOf ?? []), ...(own.anyOf ?? [])];
  return [...new Set([...Object.keys(own.properties ?? {}), ...branches.flatMap(fieldsOf)])];
};

/** The fields of a body with what is said of their length. */
const extentsOf = (schema: Schema): Record<string, Extent> => {
  const own = resolved(document, schema);
  const branches = [...(own.oneOf ?? []), ...(own.anyOf ?? [])];
  const fields = Object.entries(own.properties ?? {}).map(
    ([name, field]) => [name, resolved(document, field)] as const,
  );
  return Object.assign({}, ...branches.map(extentsOf), Object.fromEntries(fields)) as Record<string, Extent>;
};

/** All lists and the number of names that a body of this schema may have. */
const extentOf = (schema: Schema, level = 0): { readonly names: number; readonly items: number } => {
  const own = resolved(document, schema);
  const inner = [...Object.values(own.properties ?? {}), ...(own.oneOf ?? []), ...(own.anyOf ?? [])];
  const extents = level > 8 ? [] : inner.map((one) => extentOf(one, level + 1));
  const listed = own.items === undefined ? 0 : (own.maxItems ?? Number.POSITIVE_INFINITY);
  return {
    names: Object.keys(own.properties ?? {}).length + extents.reduce((sum, { names }) => sum + names, 0),
    items: listed + extents.reduce((sum, { items }) => sum + items, 0),
  };
};

/** In ms of this thread's processor. */
const busyMs = (work: () => Promise<unknown>): Promise<number> =>
  leastBusyMs(async () => {
    const before = process.threadCpuUsage();
    await work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / US_PER_MS;
  });

describe('the worst bodies and queries', () => {
  const gateway = useGateway();
  const pathOf = ({ path }: Operation): string =>
    path
      .replace('{key}', KEY)
      .replace('{connection_id}', gateway.tenant.connectionId)
      .replace('{provider}', 'voicelink')
      .replace('{id}', gateway.tenant.agentId)
      .replace('{webhook_id}', gateway.tenant.agentId)
      .replaceAll(/\{[^}]+\}/g, '1');

  it('are far beyond what any route takes', () => {
    expect(withBody.length).toBeGreaterThan(10);
    for (const operation of withBody) {
      const { name } = operation;
      const { names, items } = extentOf(operation.body?.schema ?? {});
      const most = limitsOf(operation);
      expect({ name, fits: names <= most.fields / 2 && items <= most.items }).toEqual({ name, fits: true });
    }
  });

  it.each(withBody.map((operation) => [operation.name, operation] as const))(
    'keep nobody waiting, and are refused in short, by %s',
    async (_name, operation) => {
      const { bytes } = limitsOf(operation);
      const method = operation.method.toUpperCase() as 'POST';
      const late: unknown[] = [];
      for (const [kind, payload] of worstBodies(fieldsOf(operation.body?.schema ?? {}), bytes)) {
        let answer = await gateway.ask(method, pathOf(operation), { payload });
        const work = await busyMs(async () => {
          answer = await gateway.ask(method, pathOf(operation), { payload });
        });
        // A request without a key is refused before its body is read: what is left is the cost of the test's own sending.
        const sending =
          work > MAX_BUSY_MS
            ? await busyMs(() => gateway.ask(method, pathOf(operation), { payload, apiKey: null }))
            : 0;
        const ms = work - sending;
        if (ms > MAX_BUSY_MS || answer.text.length > MAX_ANSWER || answer.status >= 500)
          late.push({ kind, ms, length: answer.text.length, status: answer.status });
      }
      expect(late).toEqual([]);
    },
  );

  it.each(inOneTurn.map((operation) => [operation.name, operation] as const))(
    'keep nobody waiting either when they are taken, by %s',
    async (_name, operation) => {
      const { bytes } = limitsOf(operation);
      const method = operation.method.toUpperCase() as 'POST';
      const { schema = {}, examples = [] } = operation.body ?? {};
      const asked: (readonly [kind: string, ms: number, status: number])[] = [];
      for (const example of examples as readonly Readonly<Record<string, unknown>>[]) {
        for (const [kind, payload] of longestTaken(example, extentsOf(schema), bytes)) {
          let answer = await gateway.ask(method, pathOf(operation), { payload });
          const ms = await busyMs(async () => {
            answer = await gateway.ask(method, pathOf(operation), { payload });
          });
          asked.push([kind, ms, answer.status]);
        }
      }
      expect(asked.filter(([, ms, status]) => ms > MAX_BUSY_MS || status >= 500)).toEqual([]);
      expect(asked.some(([, , status]) => ![400, 413].includes(status))).toBe(true);
    },
  );

  it.each(withQuery.map((operation) => [operation.name, operation] as const))(
    'keep nobody waiting in the query of %s',
    async (_name, operation) => {
      const queries = [
        Array.from({ length: 2_400 }, (_, nth) => `u${String(nth)}=`).join('&'),
        Array.from({ length: 3_000 }, () => 'limit').join('&'),
        `limit=${'%41'.repeat(4_000)}`,
        `${'u'.repeat(12_000)}=1`,
      ];
      const late: unknown[] = [];
      for (const query of queries) {
        let answer = await gateway.ask('GET', `${pathOf(operation)}?${query}`);
        const ms = await busyMs(async () => {
          answer = await gateway.ask('GET', `${pathOf(operation)}?${query}`);
        });
        if (ms > MAX_BUSY_MS || answer.text.length > MAX_ANSWER || answer.status >= 500)
          late.push({ query: query.slice(0, 20), ms, length: answer.text.length, status: answer.status });
      }
      expect(late).toEqual([]);
    },
  );
});
