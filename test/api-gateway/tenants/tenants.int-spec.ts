import { randomBytes, randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createStores, type Stores } from '@dialtone/persistence';
import { createLogger, createRegistry, gatewayConfig, pepperedDigest, secretSealer } from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { createGateway } from '../../../apps/api-gateway/src/create-gateway';
import { StoresModule } from '../../../apps/api-gateway/src/outside/stores.module';
import { startSimulator, type RunningSimulator } from '../../../apps/voicelink-simulator/src/start-simulator';
import { withAliases } from '../../../apps/api-gateway/test/spelled-out';
import { normalise, type Answer } from './answers';
import { isStream, ownValue, requestFor, scenesOf, type Request, type Scene } from './requests';
import { operationsOf, slotsOf, type Document, type Operation, type Slot } from './slots';
import { addTenant, rowsOf, type Tenant } from './tenants';

/** Seeds and sizes are chosen so that the other account's last records exist in no other. */
const MINE = { seed: 1, dids: 20 };
const THEIRS = { seed: 2, dids: 300 };
const NOBODYS_NUMBER = '917099999999';
const NOBODYS_ID = 987_654_321;

type Value = string | number;

/** One input, asked about in one way. */
interface Question {
  readonly slot: Slot;
  readonly scene: Scene;
}

const questionsOf = (slot: Slot): readonly Question[] => scenesOf(slot.operation).map((scene) => ({ slot, scene }));

/** How far the log of all partners goes is in the cursor of events, and is all that others change in an answer. */
const withoutEnd = (path: string | undefined, text: string): string =>
  path === '/api/v2/voicelink/events' ? text.replace(/"next_cursor":"[^"]+"/, '"next_cursor":"…"') : text;

/**
 * For every route and every input that names something, as the OpenAPI document lists them: what is another partner's
 * answers exactly like what does not exist. Routes that are added to the document are covered without a change here.
 */
describe('what another partner has', () => {
  let database: TestDatabase;
  let stores: Stores;
  let app: NestFastifyApplication;
  let mine: RunningSimulator;
  let theirs: RunningSimulator;
  let other: Tenant;
  let operations: readonly Operation[];
  let slots: readonly Slot[];
  let slotsByOperation: ReadonlyMap<Operation, readonly Slot[]>;
  let query: (sql: string, parameters?: unknown[]) => Promise<unknown>;

  beforeAll(async () => {
    [database, mine, theirs] = await Promise.all([createTestDatabase(), startSimulator(MINE), startSimulator(THEIRS)]);
    const config = gatewayConfig({
      DATABASE_URL: database.url,
      API_KEY_PEPPER: randomBytes(32).toString('base64'),
      CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      VOICELINK_BASE_URL_ALLOWLIST: `${mine.url},${theirs.url}`,
      RATE_LIMIT_PER_MINUTE: '0',
      RATE_LIMIT_CALLS_PER_MINUTE: '0',
      RATE_LIMIT_CALLS_PER_PARTNER_MINUTE: '0',
    });
    const source = await database.connect(4);
    query = (sql, parameters) => source.query(sql, parameters);
    stores = createStores(source, {
      secretBox: secretSealer(config.credentialsKeys),
      hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
    });
    const logger = createLogger({ name: 'test', level: 'silent' });
    app = await createGateway(StoresModule.over(config, logger), { logger, registry: createRegistry() });
    await app.init();
    other = await addTenant(stores, theirs, { tag: 'Other', routed: 'last' });
    const document = withAliases((await app.inject({ method: 'GET', url: '/openapi.json' })).json<Document>());
    operations = operationsOf(document);
    slotsByOperation = new Map(operations.map((operation) => [operation, slotsOf(document, operation)]));
    slots = [...slotsByOperation.values()].flat();
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([mine.stop(), theirs.stop(), database.drop()]);
  });

  const newTenant = (): Promise<Tenant> => {
    mine.simulator.reset({});
    return addTenant(stores, mine, { tag: 'Mine', routed: 'first' });
  };

  const ask = async (tenant: Tenant, { method, url, headers, body }: Request): Promise<Answer> => {
    const answer = await app.inject({
      method,
      url,
      headers: { ...headers, authorization: `Bearer ${tenant.apiKey}` },
      ...(body !== null && { payload: body }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: answer.body };
  };

  const requestOf = (tenant: Tenant, { slot, scene }: Question, value: Value): Request => {
    return requestFor(tenant, { slot, scene, slots: slotsByOperation.get(slot.operation) ?? [] }, value);
  };

  let fresh: Promise<Tenant> | null = null;
  /** What a partner gets for whom nothing has changed yet, with `value` in the input. */
  const answerTo = async (question: Question, value: Value | ((tenant: Tenant) => Value)): Promise<Answer> => {
    const tenant = await (fresh ??= newTenant());
    const answer = await ask(tenant, requestOf(tenant, question, typeof value === 'function' ? value(tenant) : value));
    if (question.slot.operation.method !== 'GET' && answer.status < 400) fresh = null;
    return answer;
  };

  const nameOf = ({ operation, place, name, within }: Slot): string =>
    `${operation.method} ${operation.path}: ${within === null ? '' : `${within}.`}${name} in the ${place}`;

  /** A value for the input that belongs to the other partner, and one that does not exist. */
  const candidates = (slot: Slot): { readonly foreign: readonly Value[]; readonly missing: Value } => {
    switch (slot.kind) {
      case 'uuid':
      case 'opaque':
        return { foreign: [...new Set(Object.values(other.ids))], missing: randomUUID() };
      case 'number': {
        const plus = slot.name === 'key' ? '' : '+';
        return { foreign: [plus + other.key], missing: plus + NOBODYS_NUMBER };
      }
      case 'upstream': {
        const known = other.upstream[slot.name];
        return { foreign: known === undefined ? Object.values(other.upstream) : [known], missing: NOBODYS_ID };
      }
    }
  };

  const without = (answer: Answer, value: Value): unknown => normalise(answer, String(value));

  /** None of the other partner's data may be in an answer, except what the question held. */
  const leaksIn = ({ text }: Answer, asked: Value): readonly string[] =>
    other.secrets.filter((secret) => text.includes(secret) && !String(asked).includes(secret));

  it('is asked about on every route that takes an id', () => {
    const named = slots.filter(({ kind }) => kind === 'uuid').map(nameOf);
    expect(named).toEqual(
      expect.arrayContaining([
        'PUT /api/v2/voicelink/bindings/{key}: agent_id in the body',
        'PUT /api/v2/voicelink/bindings/{key}: connection_id in the body',
        'POST /api/v2/voicelink/bindings:batch: items.agent_id in the body',
        'POST /api/v2/voicelink/bindings:batch: items.connection_id in the body',
        'POST /api/v2/voicelink/bindings:plan: items.agent_id in the body',
        'GET /api/v2/voicelink/bindings: connectionId in the query',
        'POST /api/v2/voicelink/connections/{connection_id}/acknowledge-hold: connection_id in the path',
        'DELETE /api/v2/telephony/connections/{connection_id}: connection_id in the path',
        'PUT /api/v2/phone-numbers/{id}: id in the path',
        'PUT /api/v2/phone-numbers/{id}: agent_id in the body',
        'POST /api/v2/phone-numbers/sync: connection_id in the body',
        'DELETE /api/v2/agent/{id}: id in the path',
        'GET /api/v2/voicelink/bots: connection_id in the query',
        'POST /api/v2/voicelink/sync: connection_id in the body',
        'POST /api/v2/voicelink/call-ready: agent_id in the body',
        'POST /api/v2/calls/start: agent_id in the body',
        'POST /api/v2/calls/start: connection_id in the body',
      ]),
    );
    const { clients, bots } = mine.simulator.world;
    // Else their records at VoiceLink would be mine, too.
    expect(clients.get(other.upstream['client_id'] ?? 0) ?? bots.get(other.upstream['bot_id'] ?? 0)).toBeUndefined();
  });

  it('answers like what does not exist, is not shown and not touched', async () => {
    const before = await rowsOf(query, other);
    const asked = new Map(theirs.simulator.calls);
    const different: unknown[] = [];
    for (const question of slots.flatMap(questionsOf)) {
      const { foreign, missing } = candidates(question.slot);
      const expected = await answerTo(question, missing);
      for (const value of foreign) {
        const answer = await answerTo(question, value);
        const [got, want] = [without(answer, value), without(expected, missing)];
        const at = { slot: nameOf(question.slot), provider: question.scene.provider, value };
        if (JSON.stringify(got) !== JSON.stringify(want)) different.push({ ...at, got, want });
        if (leaksIn(answer, value).length > 0) different.push({ ...at, leaks: answer.text });
      }
    }
    expect(different).toEqual([]);
    expect(await rowsOf(query, other)).toEqual(before);
    expect(theirs.simulator.calls).toEqual(asked);
  });

  /** Whether an answer tells what is the partner's own from what does not exist; for other inputs, whether it is a valid question. */
  const tells = async (question: Question): Promise<boolean> => {
    const { slot, scene } = question;
    const { missing } = candidates(slot);
    const expected = await answerTo(question, missing);
    const hasOwn = slot.kind === 'uuid' || (slot.kind === 'number' && ownValue(other, slot, scene) !== null);
    if (expected.status === 400) return false;
    if (!hasOwn) return true;
    let own: Value = '';
    const answer = await answerTo(question, (tenant) => (own = ownValue(tenant, slot, scene) ?? ''));
    return JSON.stringify(without(answer, own)) !== JSON.stringify(without(expected, missing));
  };

  it('would be told apart: what is one’s own answers otherwise, and no question is wrong for another reason', async () => {
    const blind: string[] = [];
    const before = await rowsOf(query, other);
    for (const slot of slots) {
      const told: boolean[] = [];
      for (const question of questionsOf(slot)) told.push(await tells(question));
      if (!told.includes(true)) blind.push(nameOf(slot));
    }
    expect(blind).toEqual([]);
    // What a partner does with its own rows leaves the rows of others alone, too.
    expect(await rowsOf(query, other)).toEqual(before);
  });

  it('does not matter for an idempotency key that another partner used first', async () => {
    const different: unknown[] = [];
    const keyed = operations.flatMap((operation) => {
      const parameter = operation.parameters.find(({ name }) => name.toLowerCase() === 'idempotency-key');
      return parameter === undefined ? [] : [{ operation, name: parameter.name }];
    });
    const replayed: string[] = [];
    for (const { operation, name } of keyed) {
      const slot: Slot = { operation, place: 'header', name, kind: 'opaque', isList: false, within: null };
      const [question] = questionsOf(slot);
      if (question === undefined) throw new Error('Every operation is asked in some way.');
      const used = randomUUID();
      const answers: Answer[] = [];
      for (const key of [used, used, randomUUID()]) {
        const tenant = await newTenant();
        const request = requestOf(tenant, question, key);
        const first = await ask(tenant, request);
        answers.push(first);
        const again = await ask(tenant, request);
        if (again.headers['idempotency-replayed'] !== 'true') continue;
        replayed.push(nameOf(slot));
        if (again.text !== first.text) different.push({ slot: nameOf(slot), got: again.text, want: first.text });
      }
      const [, got, want] = answers.map((answer) => without(answer, used));
      if (JSON.stringify(got) !== JSON.stringify(want)) different.push({ slot: nameOf(slot), got, want });
    }
    expect(different).toEqual([]);
    // Else nothing was remembered at all. What is refused for good is not: 400, for example.
    expect(replayed.length).toBeGreaterThan(keyed.length);
    const times = Map.groupBy(replayed, (name) => name).values();
    expect([...times].filter(({ length }) => length !== 3)).toEqual([]);
  });

  it('neither shows in a list nor counts in it', async () => {
    const lists = operations.filter(({ method, path }) => method === 'GET' && !path.includes('{') && !isStream(path));
    expect(lists.length).toBeGreaterThan(5);
    const mineOf = async (tenant: Tenant): Promise<readonly Answer[]> => {
      const answers: Answer[] = [];
      for (const { path } of lists)
        answers.push(await ask(tenant, { method: 'GET', url: path, headers: {}, body: null }));
      return answers;
    };
    const tenant = await newTenant();
    const alone = await mineOf(tenant);
    await addTenant(stores, theirs, { tag: 'Newcomer', routed: 'last' });
    const together = await mineOf(tenant);
    const shown = (answers: readonly Answer[]) =>
      answers.map(({ status, text }, nth) => [lists[nth]?.path, status, withoutEnd(lists[nth]?.path, text)]);
    expect(shown(together)).toEqual(shown(alone));
    expect(alone.filter(({ status }) => status !== 200)).toEqual([]);
    expect(alone.flatMap((answer) => leaksIn(answer, ''))).toEqual([]);
  });

  it('is not shown to who uses a cursor of the other partner', async () => {
    const paged = operations.filter(
      ({ path, parameters }) => !isStream(path) && parameters.some(({ name }) => name === 'cursor'),
    );
    expect(paged.length).toBeGreaterThan(0);
    for (const { path: template } of paged) {
      const pathOf = ({ ids }: Tenant): string =>
        template.replace('{key}', other.key).replace('{webhook_id}', ids['webhook_id'] ?? '');
      const request = (url: string): Request => ({ method: 'GET', url, headers: {}, body: null });
      const first = await ask(other, request(`${pathOf(other)}?limit=1`));
      const { data } = JSON.parse(first.text) as { data: { next_cursor: string | null } };
      if (data.next_cursor === null) continue;
      const tenant = await newTenant();
      const cursor = encodeURIComponent(data.next_cursor);
      const answer = await ask(tenant, request(`${pathOf(tenant)}?cursor=${cursor}`));
      expect([template, answer.status, leaksIn(answer, data.next_cursor)]).toEqual([template, 200, []]);
    }
  });
});
