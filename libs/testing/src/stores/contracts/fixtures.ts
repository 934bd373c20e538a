import type { AnyLoggedEvent } from '@dialtone/contracts';
import {
  type Binding,
  type BindingSpec,
  type DidKey,
  type Issue,
  type KeyObservation,
  type Readiness,
} from '@dialtone/domain';
import type { ClaimedBinding, KeyUpdate, StoredKey, SweepableConnection } from '@dialtone/engine';
import { aDidKey } from '../../builders/ids';
import { anObservation, aSpec, OBSERVED_AT } from '../../builders/observed';
import type { MakeStoreHarness, StoreHarness } from '../harness';
import { expectSoundEvents } from './event-invariants';

/** Long enough not to expire while a test is busy. */
export const LONG_MS = 60_000;

/** Gives each test of a suite a fresh harness, and checks the logged events afterwards. */
export const freshHarness = (make: MakeStoreHarness): (() => StoreHarness) => {
  let harness: StoreHarness | undefined;
  beforeEach(async () => {
    harness = await make();
  });
  afterEach(async () => {
    if (harness !== undefined) expectSoundEvents(await harness.events());
  });
  return () => {
    if (harness === undefined) throw new Error('Ask for the harness inside a test.');
    return harness;
  };
};

/** The value; ends the test when it is missing. */
export const present = <T>(value: T | null | undefined): T => {
  if (value === null || value === undefined) throw new Error('Expected a value.');
  return value;
};

export interface Declared {
  readonly connection: SweepableConnection;
  readonly binding: Binding;
}

/** A connection with one declared key. */
export const declareOne = async (harness: StoreHarness, spec: Partial<BindingSpec> = {}): Promise<Declared> => {
  const connection = await harness.given.connection();
  return { connection, binding: await declareOn(harness, connection, spec) };
};

export const declareOn = async (
  { given }: StoreHarness,
  connection: SweepableConnection,
  spec: Partial<BindingSpec> & { readonly key?: DidKey } = {},
): Promise<Binding> => {
  const { key = aDidKey(), ...rest } = spec;
  const agentId = rest.agentId ?? (await given.agent(connection.partnerId));
  return given.declare({ connectionId: connection.id, key, spec: aSpec({ ...rest, agentId }) });
};

export const claimOne = async ({ stores }: StoreHarness, ttlMs = LONG_MS): Promise<ClaimedBinding> => {
  const [claimed] = await stores.bindingQueue.claim('worker', 1, ttlMs);
  if (claimed === undefined) throw new Error('Nothing was due.');
  return claimed;
};

export interface Seen {
  readonly issues?: readonly Issue[];
  /** Epoch ms of the observation. */
  readonly at?: number;
  readonly incomplete?: true;
  readonly observation?: Partial<KeyObservation>;
  /** Facts that change the digest and nothing else. */
  readonly facts?: string;
}

/** What a sweep or a reconcile would store. */
export const updateOf = (key: DidKey, seen: Seen): KeyUpdate => {
  const observation = anObservation({ key, observedAt: seen.at ?? OBSERVED_AT, ...seen.observation });
  const readiness = readinessOf(key, seen, observation);
  const { presence } = observation;
  const digest = [...readiness.issues, seen.facts, presence.did, presence.bot, presence.routing].join('|');
  return { observation, readiness, digest, advisories: [] };
};

const readinessOf = (key: DidKey, seen: Seen, observation: KeyObservation): Readiness => {
  const issues = seen.issues ?? [];
  return {
    key,
    phoneNumber: `+${key}`,
    state: seen.incomplete === true ? 'UNKNOWN' : (issues[0] ?? 'READY'),
    issues,
    actionItems: issues.map((code) => ({ code, label: `Do something about ${code}` })),
    complete: seen.incomplete !== true,
    unknownSections: seen.incomplete === true ? ['bots'] : [],
    bot: observation.bots[0] ?? null,
  };
};

/** Stores what was seen of one key. True when a row was written. */
export const store = async (
  { stores }: StoreHarness,
  place: { readonly connection: SweepableConnection; readonly key: DidKey; readonly makeDue?: boolean },
  seen: Seen,
): Promise<boolean> => {
  const { connection, key, makeDue = false } = place;
  const written = await stores.keyStates.apply(connection.id, [updateOf(key, seen)], { makeDue });
  return written.includes(key);
};

export const stateOf = async (
  { stores }: StoreHarness,
  { connection, key }: { readonly connection: SweepableConnection; readonly key: DidKey },
): Promise<StoredKey> => {
  const stored = await stores.keyStates.loadOne(connection.id, key);
  if (stored === null) throw new Error(`Nothing is stored of ${key}.`);
  return stored;
};

/** The logged events of some types, without the `dialtone.` and the version: `drift.detected`. */
export const eventsOf = async (harness: StoreHarness, prefix = ''): Promise<readonly AnyLoggedEvent[]> =>
  (await harness.events()).filter(({ type }) => type.startsWith(`dialtone.${prefix}`));

export const typesOf = async (harness: StoreHarness, prefix = ''): Promise<readonly string[]> =>
  (await eventsOf(harness, prefix)).map(({ type }) => type.split('.').slice(1, 3).join('.'));

/** A key of a new connection. */
export const aPlace = async (
  harness: StoreHarness,
): Promise<{ readonly connection: SweepableConnection; readonly key: DidKey }> => ({
  connection: await harness.given.connection(),
  key: aDidKey(),
});
