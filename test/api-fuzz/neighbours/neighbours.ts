import { startSimulator, type RunningSimulator } from '../../../apps/voicelink-simulator/src/start-simulator';
import { withAliases } from '../../../apps/api-gateway/test/spelled-out';
import { GatewayOnSimulator } from '../../api-gateway/gateway-on-simulator';
import { rowsOf, type Tenant } from '../../api-gateway/tenants/tenants';
import { valuesIn, type FuzzAnswer } from '../answer-rules';
import { operationsOf, type OpenApiDocument, type Operation } from '../document';
import type { FuzzRequest } from '../request';
import { sendRequest } from '../send-request';
import { ValidValues } from '../valid-values';
import { BusyPartner, type Belongings } from './busy-partner';
import { newPair, type Account, type Pair } from './pair';
import { fromDifference, WatchedAnswers, type Change } from './watched-answers';

const DIDS = 30;
/** Most requests are to name something that is there. */
const KNOWN_SHARE = 80;
const BLOCK = 100;
const CONNECTIONS = '/api/v2/telephony/connections';
const SYNC = '/api/v2/phone-numbers/sync';
const DAY_MS = String(86_400_000);

/** Nothing is asked of VoiceLink again by itself, so that the watched partner's verdicts do not move; and low limits. */
const SETTINGS = {
  SWEEP_INTERVAL_MS: DAY_MS,
  RESYNC_INTERVAL_MS: DAY_MS,
  VOICELINK_TIMEOUT_MS: '10000',
  VOICELINK_LATE_EFFECT_MS: '0',
  VOICELINK_STALE_READS_MS: '0',
  RATE_LIMIT_CALLS_PER_MINUTE: '0',
  RATE_LIMIT_CALLS_PER_PARTNER_MINUTE: '0',
  MAX_CALLS_PER_PARTNER_DAY: '4',
  MAX_CONNECTIONS_PER_PARTNER: '8',
  MAX_PHONE_NUMBERS_PER_PARTNER: '70',
};

interface Answered {
  readonly status: number;
  readonly text: string;
}

export interface NeighbourReport {
  /** What the busy partner is told when it claims numbers of the watched one for a carrier that it has made up. */
  readonly claim: Answered;
  /** Answers that did not wait for anything to be done. */
  readonly byItself: readonly Change[];
  readonly changes: readonly (Change & { readonly meanwhile: readonly string[] })[];
  readonly leaks: readonly string[];
  /** Tables in which rows of the watched partner differ, from where they part. */
  readonly rowsChanged: readonly string[];
  readonly accountChanged: boolean;
  /** What the watched partner does when all is over. */
  readonly afterwards: readonly (Answered & { readonly what: string })[];
  readonly successes: ReadonlyMap<string, number>;
  readonly refusals: ReadonlyMap<string, number>;
  readonly summary: Summary;
}

interface Summary {
  readonly questions: number;
  /** Questions that are writes, answered with what was kept. */
  readonly replayed: number;
  /** Routes that the watched partner never read with success. */
  readonly unread: readonly string[];
  readonly succeeded: number;
  readonly refused: Readonly<Record<string, number>>;
}

interface Sequence {
  readonly seed: number;
  readonly account: Account;
  readonly requests: number;
}

/** Two partners on one gateway and one reconciler: one sends generated requests, the other is asked what it is answered. */
export class Neighbours {
  private readonly operations: readonly Operation[];
  private round = 0;

  private constructor(
    private readonly world: GatewayOnSimulator,
    private readonly watchedAccount: RunningSimulator,
    private readonly document: OpenApiDocument,
  ) {
    this.operations = operationsOf(document);
  }

  static async start(): Promise<Neighbours> {
    const watchedAccount = await startSimulator({
      dids: DIDS,
      username: 'watched-reseller',
      password: 'watched-password-of-the-reseller',
    });
    const world = await GatewayOnSimulator.start(SETTINGS, [watchedAccount]);
    world.simulator.simulator.reset({ dids: DIDS });
    const answer = await world.app.inject({ method: 'GET', url: '/openapi.json' });
    return new Neighbours(world, watchedAccount, withAliases(answer.json<OpenApiDocument>()));
  }

  async stop(): Promise<void> {
    await this.world.close();
    await this.watchedAccount.stop();
  }

  /** The routes that ask for an API key. */
  get routes(): readonly string[] {
    return this.operations.filter(({ secured }) => secured).map(({ name }) => name);
  }

  async run({ seed, account, requests }: Sequence): Promise<NeighbourReport> {
    this.round += 1;
    const { world, watchedAccount } = this;
    const place = { world, watchedAccount, busyAccount: world.simulator };
    const pair = await newPair(place, { round: this.round, account });
    const answers = await this.watch(pair, seed);
    const busy = this.busyPartner(pair, answers);
    const byItself = await answers.changes();
    const claim = await this.claim(pair);
    const before = await this.standing(pair.watched);
    const changes: NeighbourReport['changes'][number][] = [];
    await busy.copy();
    for (let done = 0; done < requests; done += BLOCK) {
      // Asked while the others are at work, and once more when their work is done.
      const [during] = await Promise.all([
        answers.changes(),
        busy.send(BLOCK, seed * 1000 + done, requests - done > 2 * BLOCK),
      ]);
      await this.work();
      const meanwhile = busy.taken();
      changes.push(...during.map((change) => ({ ...change, meanwhile })));
    }
    changes.push(...(await answers.changes()).map((change) => ({ ...change, meanwhile: [] })));
    const after = await this.standing(pair.watched);
    return {
      byItself,
      claim,
      changes,
      leaks: busy.leaks,
      rowsChanged: Object.entries(before.rows).flatMap(([table, rows]) => {
        const now = after.rows[table] ?? '';
        return now === rows ? [] : [`${table}: ${fromDifference(rows, now)} → ${fromDifference(now, rows)}`];
      }),
      accountChanged: before.account !== after.account,
      afterwards: await this.afterwards(pair.watched),
      successes: busy.successes,
      refusals: busy.refusals,
      summary: summaryOf(answers, busy),
    };
  }

  /** The busy partner writes a number of the watched one as the default number of an account that does not have it, and claims it. */
  async claimByDefaultNumber(): Promise<Answered> {
    this.round += 1;
    const { world, watchedAccount, round } = this;
    const { busy, watched } = await newPair(
      { world, watchedAccount, busyAccount: world.simulator },
      { round, account: 'own' },
    );
    const number = `+9170888${String(10_000 + round)}`;
    const claimOf = ({ apiKey, ids }: Tenant): Promise<Answered> => {
      const body = { connection_id: ids['connection_id (vobiz)'], provider: 'VOBIZ', numbers: [number] };
      return world.ask('POST', SYNC, { apiKey, body });
    };
    const { url, credentials } = world.simulator;
    const account = { provider: 'voicelink', name: 'Second', base_url: url, ...credentials, did_number: number };
    const connect = () => world.ask('POST', CONNECTIONS, { apiKey: busy.apiKey, body: account });
    for (const { status, text } of [await claimOf(watched), await connect()]) if (status >= 300) throw new Error(text);
    await this.world.sweep();
    return claimOf(busy);
  }

  /** Makes the watched partner's own writes, and puts off whatever is left to do for it. */
  private watch({ watched, watchedValues }: Pair, seed: number): Promise<WatchedAnswers> {
    const { operations, document } = this;
    const values = new ValidValues(document, () => watchedValues, KNOWN_SHARE);
    const ask = async (request: FuzzRequest): Promise<FuzzAnswer> => {
      const answer = await this.ask(watched, request);
      const { secured, path } = request.operation;
      if (secured && answer.status < 300) watchedValues.learn(path, valuesIn(answer));
      return answer;
    };
    return WatchedAnswers.take(ask, { operations, values, seed }, async () => {
      for (let turn = 0; turn < 3; turn += 1) await this.work();
      await this.world.source.query(`update bindings set due_at = now() + interval '1 year' where partner_id = $1`, [
        watched.partnerId,
      ]);
      await this.world.source.query(
        `update connections set sweep_due_at = now() + interval '1 year' where partner_id = $1`,
        [watched.partnerId],
      );
      // A large transaction of the other partner numbers what waits for a position before it.
      while ((await this.world.stores.sequencer.assign(1_000)) > 0);
    });
  }

  private busyPartner({ busy, busyValues, watched, untold }: Pair, answers: WatchedAnswers): BusyPartner {
    const { operations, document } = this;
    const copied = answers.questions.map(({ request }) => request);
    const written = JSON.stringify(copied.map(({ path, query, payload }) => [path, query, payload]));
    const ids = Object.values(watched.ids);
    const own = watched.secrets.filter((text) => !ids.includes(text) && text !== watched.key);
    const others: Belongings = {
      told: ids,
      untold: [...own, watched.apiKey, this.watchedAccount.credentials.password, ...untold].filter(
        (text) => !written.includes(text),
      ),
    };
    return new BusyPartner({
      ask: (request) => this.ask(busy, request),
      values: new ValidValues(document, () => busyValues, KNOWN_SHARE),
      known: busyValues,
      operations,
      copied,
      others,
    });
  }

  private ask({ apiKey }: Tenant, request: FuzzRequest): Promise<FuzzAnswer> {
    const { caller, operation } = request;
    const key = { partner: apiKey, nobody: null, forger: `${apiKey.slice(0, -4)}0000` }[caller];
    return sendRequest(this.world.app, request, operation.secured ? key : null);
  }

  private async claim({ busy: { apiKey, ids }, told }: Pair): Promise<NeighbourReport['claim']> {
    const numbers = told.map((number) => `+${number}`);
    const body = { connection_id: ids['connection_id (vobiz)'], provider: 'VOBIZ', numbers };
    return this.world.ask('POST', SYNC, { apiKey, body });
  }

  /** What the reconciler has to do by now. */
  private async work(): Promise<void> {
    await this.world.sweep();
    await this.world.reconcile();
  }

  private async standing(tenant: Tenant) {
    const query = (sql: string, parameters?: unknown[]): Promise<unknown> => this.world.source.query(sql, parameters);
    const rows = await rowsOf(query, tenant);
    const texts = Object.entries(rows).map(([table, found]) => [table, JSON.stringify(found)] as const);
    return {
      rows: Object.fromEntries(texts) as Readonly<Record<string, string>>,
      account: JSON.stringify(this.watchedAccount.simulator.world.dump()),
    };
  }

  /** What another partner may have used up is there for this one. */
  private async afterwards({ apiKey, ids }: Tenant): Promise<NeighbourReport['afterwards']> {
    const requests = [
      ['POST', '/api/v2/agent', { agent_name: `One more ${String(this.round)}` }],
      ['POST', CONNECTIONS, { ...VOBIZ, name: 'One more' }],
      [
        'POST',
        SYNC,
        {
          connection_id: ids['connection_id (vobiz)'],
          provider: 'VOBIZ',
          numbers: [`+9170999${String(10_000 + this.round)}`],
        },
      ],
      // Its own requests may have taken the number away from the agent.
      ['PUT', `/api/v2/phone-numbers/${ids['phone-numbers'] ?? ''}`, { agent_id: ids['agent_id'], status: 'ACTIVE' }],
      ['POST', '/api/v2/calls/start', { ...CALL, connection_id: ids['connection_id'], agent_id: ids['agent_id'] }],
    ] as const;
    const answers = [];
    for (const [method, what, body] of requests) {
      const { status, text } = await this.world.ask(method, what, { apiKey, body });
      answers.push({ what, status, text });
    }
    return answers;
  }
}

const VOBIZ = { provider: 'vobiz', auth_id: 'MA1', auth_token: 'token' };
const CALL = { provider: 'voicelink', to_number: '+919876543210' };

const summaryOf = ({ questions }: WatchedAnswers, { successes, refusals }: BusyPartner): Summary => {
  const reads = questions.filter(({ request }) => request.operation.method === 'get');
  const read = new Set(
    reads.filter(({ answer }) => answer.startsWith('200')).map(({ request }) => request.operation.name),
  );
  const routes = new Set(reads.map(({ request }) => request.operation.name));
  return {
    questions: questions.length,
    replayed: questions.filter(({ isReplay }) => isReplay).length,
    unread: [...routes].filter((route) => !read.has(route)),
    succeeded: [...successes.values()].reduce((sum, times) => sum + times, 0),
    refused: Object.fromEntries(refusals),
  };
};
