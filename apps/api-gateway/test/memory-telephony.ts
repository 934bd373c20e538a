import { randomUUID } from 'node:crypto';
import type { AccessVerdict } from '@dialtone/carriers';
import type { AgentId, Binding, ConnectionId, DidKey, PartnerId, PhoneNumberId } from '@dialtone/domain';
import {
  InvalidCursorError,
  numbersShown,
  QuotaReachedError,
  type CarrierAccessStore,
  type ConnectionCredentials,
  type ConnectionRow,
  type ConnectionStore,
  type ConnectionView,
  type GivenNumber,
  type LoginAttempts,
  type PhoneNumberChange,
  type PhoneNumberInventory,
  type PhoneNumberRow,
} from '@dialtone/persistence';
import type { GatewayHarness } from '@dialtone/persistence/testing';
import type { CarrierNumbers, ReadNumbers } from '../src/outside/carrier-numbers';
import type { CarrierCheck } from '../src/outside/tokens';
import type { LoginAttempt, LoginVerdict, VoiceLinkLogin } from '../src/outside/voicelink-login';
import { MemoryAgents } from './memory-agents';
import { MemoryConnectionStates } from './memory-connection-states';
import { MemoryClaims, type NumberRecord, takesCalls } from './memory-claims';
import { MemoryPointings } from './memory-pointings';
import { NOW } from './observations';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Access = Pick<
  Parameters<ConnectionStore['create']>[0],
  'baseUrl' | 'defaultNumber' | 'verification' | 'numbersAtMost'
>;

/** What becomes of bindings when the telephony under them changes. */
interface Declared {
  makeDue(which: (binding: Binding) => boolean): void;
  stall(which: (binding: Binding) => boolean): void;
  turnWrites(id: ConnectionId): void;
  /** Whether VoiceLink lists the number on a connection, and not as expired. */
  isListed(connectionId: ConnectionId, key: DidKey): boolean;
}

/** Connections, numbers and agents without a database, newest last; they pass the contracts of the stores on PostgreSQL. */
export class MemoryTelephony {
  readonly rows: Mutable<ConnectionRow>[] = [];
  readonly numbers: NumberRecord[] = [];
  /** What the stores were given to seal. */
  readonly sealed = new Map<ConnectionId, unknown>();
  readonly attempts: LoginAttempt[] = [];
  verdict: LoginVerdict = { kind: 'verified' };

  readonly agents = new MemoryAgents((id) => {
    for (const number of this.numbers) if (number.agent?.id === id) number.agent = null;
    this.declared().makeDue(({ agentId }) => agentId === id);
  });

  constructor(private readonly declared: () => Declared) {}

  /** How long the next login has to wait; null: not. */
  loginWaitMs: number | null = null;
  /** How many logins that were tried count. */
  counted = 0;
  readonly loginAttempts: LoginAttempts = {
    begin: () => {
      this.counted += 1;
      return Promise.resolve(this.loginWaitMs);
    },
    succeeded: () => Promise.resolve(),
    saidNothing: () => {
      this.counted -= 1;
      return Promise.resolve();
    },
  };

  readonly login: VoiceLinkLogin = (attempt) => {
    this.attempts.push(attempt);
    return Promise.resolve(this.verdict);
  };

  /** What carriers other than VoiceLink were asked to verify, and say. */
  readonly checks: Parameters<CarrierCheck>[] = [];
  carrierVerdict: AccessVerdict = { kind: 'verified' };

  /** What carriers list. */
  carrierListing: ReadNumbers = { kind: 'unsupported' };
  readonly carrierNumbers: CarrierNumbers = () => Promise.resolve(this.carrierListing);

  readonly carrierCheck: CarrierCheck = (...asked) => {
    this.checks.push(asked);
    return Promise.resolve(this.carrierVerdict);
  };

  readonly carrierAccess: CarrierAccessStore = {
    find: (id) => {
      const { provider, baseUrl } = this.rows.find((row) => row.id === id) ?? {};
      if (provider === undefined || provider === 'voicelink') return Promise.resolve(null);
      const credentials = (this.sealed.get(id) ?? null) as ConnectionCredentials | null;
      return Promise.resolve({ id, provider, baseUrl: baseUrl ?? null, credentials });
    },
  };

  clear(): void {
    for (const list of [this.rows, this.numbers, this.attempts]) list.length = 0;
    this.agents.clear();
    this.pointings.clear();
    this.states.clear();
    this.sealed.clear();
    this.verdict = { kind: 'verified' };
    this.carrierVerdict = { kind: 'verified' };
    this.checks.length = 0;
    this.loginWaitMs = null;
    this.counted = 0;
  }

  add(row: Partial<ConnectionRow> & Pick<ConnectionRow, 'partnerId'>): ConnectionId {
    const id = randomUUID() as unknown as ConnectionId;
    const { provider = 'voicelink' } = row;
    this.rows.push({
      id,
      provider,
      name: 'VoiceLink',
      status: 'ACTIVE',
      isDefault: this.defaultOf(row.partnerId, provider) === undefined,
      isEnding: false,
      baseUrl: null,
      writesHeld: null,
      accountId: id,
      advisories: [],
      lastVerifiedAt: null,
      lastErrorMessage: null,
      lastSweptAt: null,
      createdAt: NOW,
      updatedAt: NOW,
      ...row,
    });
    return id;
  }

  readonly connections: GatewayHarness['stores']['connections'] = {
    create: ({ partnerId, provider = 'voicelink', name, credentials, atMost = 0, ...access }) => {
      const active = this.rows.filter((row) => row.partnerId === partnerId && row.status === 'ACTIVE').length;
      if (isUsedUp(active, atMost)) return Promise.reject(new QuotaReachedError('connections', atMost));
      const refusal = this.refusal(partnerId, null, access);
      if (refusal !== null) return Promise.reject(refusal);
      const id = this.add({ partnerId, provider, name });
      this.sealed.set(id, credentials);
      this.grant(this.row(partnerId, id), access);
      return Promise.resolve(this.row(partnerId, id));
    },
    configureDefault: async ({ partnerId, provider, name, access, ...limits }) => {
      const current = this.defaultOf(partnerId, provider);
      if (current === undefined) {
        const { id } = await this.connections.create({ partnerId, provider, name, ...access, ...limits });
        return { id, created: true };
      }
      const refusal = this.refusal(partnerId, current.id, { ...access, ...limits });
      if (refusal !== null) throw refusal;
      this.sealed.set(current.id, access.credentials);
      this.grant(current, access);
      return { id: current.id, created: false };
    },
    active: (partnerId, provider = 'voicelink') =>
      Promise.resolve(
        this.rows
          .filter((row) => row.partnerId === partnerId && row.provider === provider && row.status === 'ACTIVE')
          .toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault) || (a.name < b.name ? -1 : 1)),
      ),
    find: (partnerId, id) =>
      Promise.resolve(this.rows.find((row) => row.partnerId === partnerId && row.id === id) ?? null),
    view: async (partnerId, id) => {
      const row = await this.connections.find(partnerId, id);
      return row === null ? null : this.viewOf(row);
    },
    list: ({ partnerId, provider, status, limit, cursor }) => {
      const own = this.rows
        .filter((row) => row.partnerId === partnerId && row.status === status)
        .filter((row) => provider === undefined || row.provider === provider);
      const before = cursor === undefined ? -1 : own.findIndex((row) => row.id === cursor);
      if (cursor !== undefined && before < 0) return Promise.reject(new InvalidCursorError());
      const page = own.slice(before + 1, before + 1 + limit);
      const last = page.at(-1);
      const nextCursor = last !== undefined && last !== own.at(-1) ? last.id : null;
      return Promise.resolve({ items: page.map((row) => this.viewOf(row, numbersShown(page.length))), nextCursor });
    },
    rename: async (partnerId, id, name) => {
      const row = await this.connections.find(partnerId, id);
      if (row?.status !== 'ACTIVE') return false;
      Object.assign(row, { name });
      return true;
    },
    disconnect: async (partnerId, id) => {
      const row = await this.connections.find(partnerId, id);
      if (row === null) return false;
      if (row.status === 'DISCONNECTED') return true;
      if (row.writesHeld === null) this.declared().turnWrites(id);
      Object.assign(row, { status: 'DISCONNECTED', isDefault: false });
      for (const number of this.numbers) {
        if (number.connectionId === id) Object.assign(number, { status: 'INACTIVE', inboundEnabled: false });
      }
      this.declared().stall(({ connectionId }) => connectionId === id);
      const heir = this.rows.find(
        (other) => other.partnerId === partnerId && other.provider === row.provider && other.status === 'ACTIVE',
      );
      if (heir !== undefined && this.defaultOf(partnerId, row.provider) === undefined) heir.isDefault = true;
      return true;
    },
    acknowledgeHold: async (partnerId, id) => {
      const row = await this.connections.find(partnerId, id);
      if (row === null || row.writesHeld === null) return false;
      if (row.status === 'ACTIVE') this.declared().turnWrites(id);
      Object.assign(row, { writesHeld: null });
      return true;
    },
  };

  readonly states = new MemoryConnectionStates(() => this.connections);

  private readonly claims = new MemoryClaims({
    numbers: this.numbers,
    listedFor: (key) =>
      new Set(
        this.rows.filter((row) => isVerified(row) && this.declared().isListed(row.id, key)).map((row) => row.partnerId),
      ),
  });

  readonly pointings = new MemoryPointings({ numbers: this.numbers, isActive: (number) => this.isActive(number) });

  readonly inventory: PhoneNumberInventory = {
    list: (input) => {
      const matching = this.numbers.filter((row) => isWanted(row, input));
      const items = matching.toReversed().slice(input.offset, input.offset + input.limit);
      return Promise.resolve({ items, total: matching.length });
    },
    find: (partnerId, id) =>
      Promise.resolve(this.numbers.find((row) => row.partnerId === partnerId && row.id === id) ?? null),
    update: async (partnerId, id, change) => {
      const row = this.numbers.find((one) => one.partnerId === partnerId && one.id === id);
      if (row === undefined) return { kind: 'not_found' };
      if (revives(change) && !this.isActive(row)) return { kind: 'disconnected' };
      const agent = this.chosenAgent(row, change.agentId);
      if (agent === undefined) return { kind: 'agent_not_found' };
      const changed = { ...row, ...change, agent, ...(change.inboundEnabled !== undefined && { inboundLoss: null }) };
      if (takesCalls(changed) && !takesCalls(row) && this.claims.isRefused(row)) return { kind: 'inbound_taken' };
      this.noteAgent(row, agent);
      Object.assign(row, changed);
      this.pointings.ask(row, change);
      return Promise.resolve({ kind: 'updated', row });
    },
    sync: ({ partnerId, connectionId, numbers, atMost = 0 }) => {
      const place = { partnerId, connectionId };
      if (!this.isActive(place)) return Promise.resolve({ kind: 'disconnected' });
      const knownOf = (key: DidKey) => this.numbers.find((row) => row.connectionId === connectionId && row.key === key);
      const missing = numbers.filter(({ key }) => knownOf(key) === undefined).length;
      const owned = this.numbers.filter((row) => row.partnerId === partnerId).length;
      if (missing > 0 && isUsedUp(owned + missing - 1, atMost)) {
        return Promise.reject(new QuotaReachedError('phone_numbers', atMost));
      }
      const isRefused = ({ key }: GivenNumber): boolean => {
        const known = knownOf(key);
        const isClaim = known === undefined || (known.status === 'ACTIVE' && !known.inboundEnabled);
        return isClaim && this.claims.isRefused({ ...place, key });
      };
      const taken = numbers.filter(isRefused).map(({ key }) => key);
      const [first] = taken.toSorted();
      if (first !== undefined && taken.length === numbers.length) {
        return Promise.resolve({ kind: 'inbound_taken', key: first });
      }
      let created = 0;
      const rows = numbers
        .filter(({ key }) => !taken.includes(key))
        .map((given) => {
          const known = knownOf(given.key);
          if (known === undefined) created += 1;
          const row = known ?? this.addNumber(partnerId, connectionId, given);
          return Object.assign(row, { inboundEnabled: true, inboundLoss: null });
        });
      return Promise.resolve({
        kind: 'synced',
        created,
        taken,
        rows: rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
      });
    },
    importListed: ({ numbers, isComplete, atMost = 0, ...place }) => {
      if (!this.isActive(place)) return Promise.resolve({ kind: 'disconnected' });
      const ofConnection = () => this.numbers.filter((row) => row.connectionId === place.connectionId);
      const byKey = (a: NumberRecord, b: NumberRecord): number => (a.key < b.key ? -1 : 1);
      const known = new Set(ofConnection().map(({ key }) => key));
      const missing = numbers.filter(({ key }) => !known.has(key));
      const owned = this.numbers.filter((row) => row.partnerId === place.partnerId).length;
      if (missing.length > 0 && isUsedUp(owned + missing.length - 1, atMost))
        return Promise.reject(new QuotaReachedError('phone_numbers', atMost));
      for (const { friendlyName, ...given } of missing)
        Object.assign(this.addNumber(place.partnerId, place.connectionId, given), { friendlyName });
      const listed = new Set(numbers.map(({ key }) => key));
      for (const row of ofConnection()) noteListed(row, { isListed: listed.has(row.key), isComplete });
      const all = ofConnection().toSorted(byKey);
      return Promise.resolve({
        kind: 'imported',
        created: missing.length,
        rows: all.filter(({ key }) => listed.has(key)),
        notListed: isComplete ? all.filter(({ key }) => !listed.has(key)) : [],
      });
    },
    release: (key) => Promise.resolve(this.claims.release(key)),
  };

  addNumber(partnerId: PartnerId, connectionId: ConnectionId, given: GivenNumber): NumberRecord {
    const row: NumberRecord = {
      id: randomUUID() as unknown as PhoneNumberId,
      partnerId,
      connectionId,
      provider: this.row(partnerId, connectionId).provider,
      ...given,
      friendlyName: null,
      status: 'ACTIVE',
      isDefault: false,
      inboundEnabled: false,
      inboundLoss: null,
      unlistedSince: null,
      pointing: null,
      agent: null,
      createdAt: NOW,
      updatedAt: NOW,
    };
    this.numbers.push(row);
    return row;
  }

  /** Undefined: there is no such agent. */
  private chosenAgent(row: NumberRecord, id: AgentId | null | undefined): PhoneNumberRow['agent'] | undefined {
    if (id === undefined) return row.agent;
    if (id === null) return null;
    const agent = this.agents.find(row.partnerId, id);
    return agent === undefined ? undefined : { id: agent.id, name: agent.name };
  }

  /** A binding is due when the agent of its number changes. */
  private noteAgent(row: NumberRecord, agent: PhoneNumberRow['agent']): void {
    if (agent?.id === row.agent?.id) return;
    this.declared().makeDue(({ connectionId, key }) => connectionId === row.connectionId && key === row.key);
  }

  private isActive(place: Pick<NumberRecord, 'partnerId' | 'connectionId'>): boolean {
    return this.row(place.partnerId, place.connectionId).status === 'ACTIVE';
  }

  private row(partnerId: PartnerId, id: ConnectionId): Mutable<ConnectionRow> {
    const row = this.rows.find((one) => one.partnerId === partnerId && one.id === id);
    if (row === undefined) throw new Error(`There is no connection ${id}.`);
    return row;
  }

  private defaultOf(partnerId: PartnerId, provider: string): Mutable<ConnectionRow> | undefined {
    return this.rows.find((row) => row.partnerId === partnerId && row.provider === provider && row.isDefault);
  }

  /** Not null: the default number would be one too many. */
  private refusal(
    partnerId: PartnerId,
    id: ConnectionId | null,
    { defaultNumber = null, numbersAtMost = 0 }: Access,
  ): QuotaReachedError | null {
    const own = this.numbers.filter((row) => row.partnerId === partnerId);
    const isKnown = own.some((row) => row.connectionId === id && row.key === defaultNumber?.key);
    return defaultNumber === null || isKnown || !isUsedUp(own.length, numbersAtMost)
      ? null
      : new QuotaReachedError('phone_numbers', numbersAtMost);
  }

  private grant(row: Mutable<ConnectionRow>, { baseUrl, verification, defaultNumber = null }: Access): void {
    Object.assign(row, {
      baseUrl,
      lastVerifiedAt: verification?.kind === 'verified' ? NOW : null,
      lastErrorMessage: verification?.kind === 'unknown' ? verification.message : null,
    });
    if (defaultNumber === null) return;
    const own = this.numbers.filter((number) => number.connectionId === row.id);
    for (const number of own) number.isDefault = false;
    const known = own.find((number) => number.key === defaultNumber.key);
    const number = known ?? this.addNumber(row.partnerId, row.id, defaultNumber);
    const inboundEnabled = number.inboundEnabled && number.status === 'ACTIVE';
    Object.assign(number, { ...defaultNumber, isDefault: true, status: 'ACTIVE', inboundEnabled });
  }

  private viewOf(connection: ConnectionRow, shown = numbersShown(1)): ConnectionView {
    const all = this.numbers
      .filter((number) => number.connectionId === connection.id)
      .toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault) || (a.key < b.key ? -1 : 1));
    const phoneNumbers = all.slice(0, shown);
    return { connection, phoneNumbers, hasMoreNumbers: all.length > phoneNumbers.length };
  }
}

/** Of a quota, 0 for any number. */
const isUsedUp = (used: number, atMost: number): boolean => atMost !== 0 && used >= atMost;

const revives = ({ status, inboundEnabled }: PhoneNumberChange): boolean =>
  status === 'ACTIVE' || inboundEnabled === true;

const isVerified = ({ provider, status, lastVerifiedAt }: ConnectionRow): boolean =>
  provider === 'voicelink' && status === 'ACTIVE' && lastVerifiedAt !== null;

const isWanted = (row: NumberRecord, input: Parameters<PhoneNumberInventory['list']>[0]): boolean => {
  const asked: readonly (readonly [wanted: unknown, is: unknown])[] = [
    [input.partnerId, row.partnerId],
    [input.connectionId, row.connectionId],
    [input.provider, row.provider],
    [input.status, row.status],
    [input.agentId, row.agent?.id],
    [input.assigned, row.agent !== null],
    [input.inboundEnabled, row.inboundEnabled],
    [input.key, row.key],
  ];
  return asked.every(([wanted, is]) => wanted === undefined || wanted === is);
};

const noteListed = (
  row: NumberRecord,
  { isListed, isComplete }: { readonly isListed: boolean; readonly isComplete: boolean },
): void => {
  if (isListed) row.unlistedSince = null;
  else if (isComplete) row.unlistedSince ??= NOW;
};
