import { TOPIC_OF, type EventType } from '@dialtone/contracts';
import type { ConnectionId } from '@dialtone/domain';
import { startPrivateKafka, type PrivateKafka } from '@dialtone/messaging/testing';
import { createStores, type Stores } from '@dialtone/persistence';
import { gatewayConfig, pepperedDigest, secretSealer } from '@dialtone/platform';
import { aDidKey, ManualClock, updateOf } from '@dialtone/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, eventually, explained, ready, startSystem, urlOf, type LoggedEvent, type System } from './harness';
import { StreamFollower, type ToldEvent } from './harness/stream-follower';
import { WebhookReceiver } from './harness/webhook-receiver';

// eslint-disable-next-line no-restricted-syntax -- settings of the test, not of Dialtone
const { KILLS = '3', SECONDS = '8', SEED = '1' } = process.env;

const WRITERS = 12;
/** Between two commits of a writer, at most. A webhook gets one event after the other: it must keep up on a busy machine. */
const PAUSE_MS = 1_000;

/** A place of a log or of a channel: the number of one key, in order of first appearance. */
type SeqsByKey = ReadonlyMap<string, readonly number[]>;

const firstsOf = <Event extends { readonly id: string }>(events: readonly Event[]): readonly Event[] =>
  [...new Map(events.toReversed().map((event) => [event.id, event])).values()].reverse();

const seqsByKey = (events: readonly { readonly place: string | null; readonly seq: number | null }[]): SeqsByKey => {
  const ofNumbers = events.filter(({ place, seq }) => place !== null && seq !== null);
  return new Map(
    [...Map.groupBy(ofNumbers, ({ place }) => place ?? '')].map(([place, own]) => [
      place,
      own.map(({ seq }) => seq ?? 0),
    ]),
  );
};

/** Of each key: 1, 2, 3 … */
const gapFree = (seqs: SeqsByKey): SeqsByKey =>
  new Map([...seqs].map(([place, own]) => [place, own.map((_, nth) => nth + 1)]));

const toldBy = (events: readonly ToldEvent[]): SeqsByKey =>
  seqsByKey(firstsOf(events).map(({ data: { key = null, seq = null } }) => ({ place: key, seq })));

/** Waits for each of the ids. Cheap: the receivers live in this process, and what it computes delays them. */
const arrived = (way: string, ids: readonly string[], events: readonly ToldEvent[]): Promise<void> =>
  eventually(() => {
    const seen = new Set(events.map(({ id }) => id));
    const missing = ids.filter((id) => !seen.has(id));
    if (missing.length === 0) return;
    throw new Error(
      `${way}: ${String(missing.length)} of ${String(ids.length)} are missing, ${missing[0] ?? ''} first`,
    );
  });

let kafka: PrivateKafka;
let system: System;
let second: Child;
let receiver: WebhookReceiver;
let stores: Stores;
let follower: StreamFollower;
/** What ends what has been started, in reverse. */
const ends: (() => Promise<void>)[] = [];

const random = (salt: number): (() => number) => {
  const clock = new ManualClock(0, Number(SEED) * 1_000 + salt);
  return () => clock.random();
};
const startSecond = async (): Promise<void> => {
  second = new Child('second gateway', 'api-gateway', { env: system.environment });
  system.children.push(second);
  await ready(second, '/health/ready');
};

beforeAll(async () => {
  kafka = await startPrivateKafka();
  ends.push(() => kafka.dispose());
  receiver = await WebhookReceiver.start();
  ends.push(() => receiver.close());
  const env = { WEBHOOK_ALLOW_HTTP: 'true', WEBHOOK_PRIVATE_NETWORKS: '127.0.0.0/8', SWEEP_INTERVAL_MS: '600000' };
  system = await startSystem({ brokers: kafka.brokers, env: { ...env, LOG_LEVEL: 'info' } });
  ends.push(() => system.stop());
  // It reads anew when the broker stays alive.
  await Promise.all([system.events?.close(), startSecond()]);
  const { apiKeyPepper, credentialsKeys } = gatewayConfig(system.environment);
  stores = createStores(await system.database.connectAsApp(WRITERS), {
    secretBox: secretSealer(credentialsKeys),
    hmac: (secret) => pepperedDigest(apiKeyPepper, secret),
  });
  const body = { url: receiver.url };
  const { status, text } = await system.gateway.send('/api/v2/webhooks', { method: 'POST', body });
  if (status !== 201) throw new Error(`The webhook was answered with ${String(status)} ${text}`);
  follower = new StreamFollower(() => [system.gateway.url, urlOf(second) ?? ''], system.gateway.apiKey);
  ends.push(() => follower.close());
  await eventually(() => {
    if (follower.begun === 0) throw new Error('No stream has begun.');
  });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** Declares a number for one agent and for the other in turn; what is not answered may have been committed or not. */
const declarations = async (): Promise<() => Promise<void>> => {
  const { key, clientId } = await system.declaredDid({ mode: 'observe' });
  let isOther = false;
  return async () => {
    isOther = !isOther;
    const agent = isOther ? system.otherAgentId : system.agentId;
    const declared = { agent_id: agent, client_id: clientId, mode: 'observe' };
    await system.gateway.put(key, declared).catch(() => undefined);
  };
};

/** Changes the verdict of a number of its own. */
const verdicts = (): (() => Promise<void>) => {
  const key = aDidKey();
  let nth = 0;
  return async () => {
    nth += 1;
    const issues = nth % 2 === 0 ? (['NO_BOT'] as const) : (['ROUTING_MISSING'] as const);
    const update = updateOf(key, { issues, at: Date.now() });
    await stores.keyStates.apply(system.connectionId as ConnectionId, [update], { makeDue: false });
  };
};

const write = async (commit: () => Promise<void>, next: () => number, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await commit();
    await sleep(next() * PAUSE_MS);
  }
};

/** In turn the relay, a gateway and the broker; each is started again, and something else lives for a moment before the next. */
const killInTurn = async (kills: number, endAt: number): Promise<void> => {
  const next = random(0);
  const acts: readonly (() => Promise<void>)[] = [
    async () => {
      await system.killReconcilers();
      await system.startReconciler();
    },
    async () => {
      if (next() < 0.5) return system.restartGateway();
      await second.kill9();
      return startSecond();
    },
    async () => {
      await kafka.killBroker();
      await kafka.startBroker();
    },
  ];
  for (let killed = 0; killed < kills; killed += 1) {
    const leftMs = Math.max(0, endAt - Date.now()) / (kills - killed);
    await sleep(next() * leftMs);
    await acts[killed % acts.length]?.();
  }
  await sleep(Math.max(0, endAt - Date.now()));
};

describe('twelve writers, while the relay, a gateway and the broker are killed in turn', () => {
  it(
    `lose nothing on any way, and of each number 1, 2, 3 … comes first (seed ${SEED})`,
    explained(async () => {
      const done = new AbortController();
      const commits = [
        ...(await Promise.all(Array.from({ length: WRITERS / 2 }, declarations))),
        ...Array.from({ length: WRITERS / 2 }, verdicts),
      ];
      const writing = Promise.all(commits.map((commit, nth) => write(commit, random(nth + 1), done.signal)));
      await killInTurn(Number(KILLS), Date.now() + Number(SECONDS) * 1_000).finally(() => {
        done.abort();
      });
      await writing;
      await eventually(async () => {
        expect(await system.query('select 1 from event_log where position is null')).toEqual([]);
      });
      system.readEventsAnew();
      await system.delivered();
      const logged = await system.query<LoggedEvent>(
        'select event_id, type, key, seq from event_log order by position',
      );
      const ids = logged.map(({ event_id: id }) => id);
      await Promise.all([arrived('streams', ids, follower.events), arrived('webhook', ids, receiver.events)]);

      const told = seqsByKey(logged.map(({ key, seq }) => ({ place: key, seq: seq === null ? null : Number(seq) })));
      expect(told).toEqual(gapFree(told));
      expect(told.size).toBeGreaterThanOrEqual(WRITERS);
      expect(toldBy(follower.events)).toEqual(told);
      expect(toldBy(receiver.events)).toEqual(told);
      // A topic has the order of a number, several have none between them.
      const placeOf = (type: string, key: string | null): string => `${TOPIC_OF[type as EventType]} ${key ?? ''}`;
      const inTopics = seqsByKey(
        logged.map(({ type, key, seq }) => ({ place: placeOf(type, key), seq: seq === null ? null : Number(seq) })),
      );
      const records = firstsOf(system.events?.all() ?? []);
      expect(
        seqsByKey(
          records.map(({ type, data }) => ({
            place: placeOf(type, (data['key'] ?? null) as string | null),
            seq: data.seq ?? null,
          })),
        ),
      ).toEqual(inTopics);
      if (Number(KILLS) > 3) {
        const again = (events: readonly { readonly id: string }[]): number => events.length - ids.length;
        process.stdout.write(
          `${String(ids.length)} events, ${KILLS} kills; came again: Kafka ${String(again(system.events?.all() ?? []))}, ` +
            `streams ${String(again(follower.events))} (${String(follower.begun)} begun), webhook ${String(again(receiver.events))}\n`,
        );
      }
    }),
    300_000 + Number(KILLS) * 30_000,
  );
});
