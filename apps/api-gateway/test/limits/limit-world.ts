import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AgentId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import type { Stores } from '@dialtone/persistence';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { aDidKey } from '@dialtone/testing';
import { openStoredGateway } from '../stored-gateway';

/** Small enough to be exceeded in a test. */
export const LIMITED = {
  RATE_LIMIT_PER_MINUTE: '40',
  RATE_LIMIT_DECLARATIONS_PER_MINUTE: '3',
  RATE_LIMIT_CALLS_PER_MINUTE: '3',
  RATE_LIMIT_CALLS_PER_PARTNER_MINUTE: '4',
  MAX_CALLS_PER_PARTNER_DAY: '2',
  MAX_CALLS_AT_ONCE_PER_CONNECTION: '2',
  MAX_CALLS_AT_ONCE_PER_PARTNER: '3',
  MAX_AGENTS_PER_PARTNER: '3',
  MAX_BINDINGS_PER_PARTNER: '2',
  MAX_PAUSES_PER_PARTNER: '1',
  MAX_WEBHOOKS_PER_PARTNER: '1',
  MAX_KEPT_ANSWER_BYTES_PER_PARTNER: '1000',
  MAX_CONNECTIONS_PER_PARTNER: '6',
  MAX_PHONE_NUMBERS_PER_PARTNER: '5',
  MAX_EVENT_STREAMS_PER_PARTNER: '2',
} as const;

/** Refuses connections. */
export const NO_VOICELINK = 'http://127.0.0.1:1';

/** A partner with a carrier, an agent, and a number to call from. */
export interface Party {
  readonly partnerId: PartnerId;
  readonly apiKey: string;
  readonly connectionId: ConnectionId;
  /** Of another carrier, which lists no numbers. */
  readonly vobizId: ConnectionId;
  readonly agentId: AgentId;
}

export interface LimitAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Seconds; null: there is no `Retry-After`. */
  readonly retryAfter: number | null;
}

export interface Sent {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  /** An object is sent as JSON. */
  readonly payload?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Envelope {
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly details?: readonly { readonly message: string }[];
  };
}

const read = (status: number, retryAfter: unknown, body: string): LimitAnswer => {
  const { error } = JSON.parse(body) as Envelope;
  const message = [error?.message ?? '', ...(error?.details ?? []).map((detail) => detail.message)].join(' ');
  return { status, code: error?.code ?? '', message, retryAfter: retryAfter === undefined ? null : Number(retryAfter) };
};

/** The real gateway on PostgreSQL, with small limits. */
export class LimitWorld {
  private constructor(
    readonly database: TestDatabase,
    private readonly app: NestFastifyApplication,
    readonly stores: Stores,
  ) {}

  static async start(): Promise<LimitWorld> {
    const database = await createTestDatabase();
    const { app, stores } = await openStoredGateway(database, {
      ...LIMITED,
      VOICELINK_BASE_URL_ALLOWLIST: NO_VOICELINK,
    });
    await app.listen(0, '127.0.0.1');
    return new LimitWorld(database, app, stores);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.database.drop();
  }

  async addParty(name: string): Promise<Party> {
    const { stores } = this;
    const { id: partnerId } = await stores.partners.create(name);
    const { apiKey } = await stores.apiKeys.issue(partnerId, 'first');
    const place = {
      partnerId,
      credentials: { username: 'u', password: 'p' },
      verification: { kind: 'verified' } as const,
    };
    const connection = await stores.connections.create({ ...place, name: 'VoiceLink', baseUrl: NO_VOICELINK });
    const vobiz = await stores.connections.create({ ...place, provider: 'vobiz', name: 'Vobiz', baseUrl: null });
    const agent = await stores.agents.create(partnerId, 'Sales');
    if (agent === 'name_taken') throw new Error('A new partner has no agents.');
    const key: DidKey = aDidKey();
    const number = { partnerId, connectionId: connection.id, key };
    await stores.phoneNumbers.import({ ...number, friendlyName: 'Hotline' });
    await stores.phoneNumbers.assignAgent({ ...number, agentId: agent.id });
    const other = { partnerId, connectionId: vobiz.id, key: aDidKey() };
    await stores.phoneNumbers.import({ ...other, friendlyName: 'Vobiz' });
    await stores.phoneNumbers.assignAgent({ ...other, agentId: agent.id });
    return { partnerId, apiKey, connectionId: connection.id, vobizId: vobiz.id, agentId: agent.id };
  }

  async ask({ apiKey }: Pick<Party, 'apiKey'>, { method = 'POST', url, payload, headers }: Sent): Promise<LimitAnswer> {
    const answer = await this.app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload !== undefined && { payload }),
    });
    return read(answer.statusCode, answer.headers['retry-after'], answer.body);
  }

  /** Sends the same so many times, one after another: the last answer, which no earlier one may be like. */
  async askTimes(times: number, party: Pick<Party, 'apiKey'>, sent: Sent): Promise<LimitAnswer> {
    const answers: LimitAnswer[] = [];
    while (answers.length < times) answers.push(await this.ask(party, sent));
    const last = answers.pop();
    if (last === undefined || answers.some(({ code }) => code !== '' && code === last.code)) {
      throw new Error(`Refused too early, of ${String(times)}: ${JSON.stringify(answers)}`);
    }
    return last;
  }

  /** Writes to a bare connection, and reads the last answer before the gateway ends it. */
  async writeRaw(request: string): Promise<LimitAnswer> {
    const socket = connect(Number(new URL(await this.app.getUrl()).port), '127.0.0.1');
    socket.write(request);
    const said = await text(socket);
    const last = said.slice(said.lastIndexOf('HTTP/1.1 '));
    const [head = '', body = ''] = last.split('\r\n\r\n');
    return read(Number(head.slice(9, 12)), /^retry-after: (\d+)/im.exec(head)?.[1], body);
  }

  /** Another transaction keeps the row of the partner meanwhile. */
  async whileLocked<T>({ partnerId }: Party, work: () => Promise<T>): Promise<T> {
    const holder = (await this.database.connect(1)).createQueryRunner();
    await holder.startTransaction();
    await holder.query('select 1 from partners where id = $1 for update', [partnerId]);
    try {
      return await work();
    } finally {
      await holder.rollbackTransaction();
      await holder.release();
    }
  }
}
