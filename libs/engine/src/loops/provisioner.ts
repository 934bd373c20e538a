import { answeredElsewhere, SECTIONS, type Snapshot } from '@dialtone/domain';
import {
  declaredElsewhere,
  makeCallReady,
  resolveDid,
  type CallReadyRequest,
  type CallReadyResult,
} from '../reconcile/call-ready';
import type { ConvergeDeps } from '../reconcile/progress';
import type { EngineDeps } from './engine';
import { acquireWithin, withRenewal } from './lease-keeping';
import { DidListReaders } from '../listings/did-lists';
import { WatchedAccounts } from '../listings/watched-accounts';
import type { WatchMode } from '../listings/watched-account';
import { didResource } from '../ports/leases';
import type { SweepableConnection } from '../ports/connections';
import type { UpstreamPause, VoiceLinkAccount } from '../ports/upstream';
import { refusalOf } from '../sweep/sweep-report';
import { USER_WAIT_MS } from '../gate/upstream-gate';
import { recogniseAccount } from '../sweep/recognise-account';
import { checkConnection, syncConnection, type SyncView } from '../sweep/sync';
import { ClientTurns } from '../writes/client-turns';

export type ProvisionerDeps = Omit<EngineDeps, 'bindingQueue'> & {
  readonly bindingQueue: Pick<EngineDeps['bindingQueue'], 'find'>;
};

/**
 * `busy`: another holder has the lease, and still had it after a wait. `disconnected`: the connection cannot be used.
 * `paused`: VoiceLink does not answer, or takes no more requests, for longer than a request should wait.
 */
export type Unavailable =
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'paused'; readonly why: UpstreamPause['why']; readonly retryAfterMs: number };

/** VoiceLink refuses the credentials of the connection, so that nothing could be read: asking again is no use. */
export interface Unauthorized {
  readonly kind: 'unauthorized';
  readonly message: string;
}

export type SyncOutcome = { readonly kind: 'synced'; readonly view: SyncView } | Unauthorized | Unavailable;

export type CallReadyOutcome =
  { readonly kind: 'finished'; readonly result: CallReadyResult } | Unauthorized | Unavailable;

/** How long a request waits for another holder of the lease that it needs. */
const WAIT_MS = 10_000;
/** After this a request begins nothing more: callers, and the proxies before them, often give up after a minute. */
const BEGIN_WITHIN_MS = 30_000;
const BUSY = { kind: 'busy', retryAfterMs: 5_000 } as const;

interface Open {
  readonly connection: SweepableConnection;
  readonly account: VoiceLinkAccount;
}

/** Carries out single requests of partners by the loops' own means: their leases, journal, planner and verdicts. */
export class Provisioner {
  private readonly readers: DidListReaders;
  private readonly watched: WatchedAccounts;
  private readonly clientTurns: ClientTurns;

  constructor(private readonly deps: ProvisionerDeps) {
    this.readers = new DidListReaders(deps);
    this.watched = new WatchedAccounts(deps);
    this.clientTurns = new ClientTurns(deps.clock, deps.settings.leaseTtlMs);
  }

  /**
   * Looks at everything on a connection. With `importDids` this is a sweep that also imports; without, nothing is stored.
   * Throws only when a store does.
   */
  async sync(connectionId: CallReadyRequest['connectionId'], importDids: boolean): Promise<SyncOutcome> {
    const open = await this.open(connectionId, importDids ? 'remember' : 'compare');
    if (open === null) return { kind: 'disconnected' };
    const paused = pausedOf(open.account);
    if (paused !== null) return paused;
    if (importDids) await recogniseAccount(this.deps.connections, open.connection, open.account);
    const view = importDids ? await this.import(open) : await checkConnection(this.deps, open.connection, open.account);
    if (view === null) return BUSY;
    if (nothingWasRead(view.snapshot)) {
      const pause = pausedOf(open.account);
      if (pause !== null) return pause;
    }
    const refusal = refusalOf(view.snapshot);
    return refusal === null ? { kind: 'synced', view } : { kind: 'unauthorized', message: refusal };
  }

  /** Carries out the call-ready steps of one DID. Safe to repeat: what is done already stays as it is. */
  async callReady(request: CallReadyRequest): Promise<CallReadyOutcome> {
    const { connectionId } = request;
    const { bindingQueue, leases, clock, settings, owner } = this.deps;
    const deadline = clock.now() + BEGIN_WITHIN_MS;
    const open = await this.open(connectionId, 'remember');
    if (open === null) return { kind: 'disconnected' };
    const paused = pausedOf(open.account);
    if (paused !== null) return paused;
    const deps = this.convergeDeps(open.account);
    const resolution = await resolveDid(deps, request);
    if ('unresolved' in resolution) return outcomeOf(resolution.unresolved, deps.reader);
    const { key } = resolution;
    const shared = await this.deps.connections.sharedAccount(connectionId, [key]);
    const rival = shared.claims.find((claim) => claim.isDeclared && claim.connectionId !== connectionId);
    if (rival !== undefined) return outcomeOf(declaredElsewhere(rival.connectionId, key), deps.reader);
    const isAnsweredElsewhere = answeredElsewhere(connectionId, shared).has(key);
    const lease = await acquireWithin(clock, WAIT_MS, () =>
      leases.acquire(didResource(connectionId, key), owner, settings.leaseTtlMs),
    );
    if (lease === null) return BUSY;
    try {
      // Read under the lease: the reconciler would judge by the same declaration.
      const binding = await bindingQueue.find(connectionId, key);
      const result = await withRenewal({ leases, clock, ttlMs: settings.leaseTtlMs }, lease, (signal) =>
        makeCallReady(deps, request, { ...open, lease, signal, binding, key, deadline, isAnsweredElsewhere }),
      );
      return outcomeOf(result, deps.reader);
    } finally {
      await leases.release(lease);
    }
  }

  private async open(connectionId: CallReadyRequest['connectionId'], mode: WatchMode): Promise<Open | null> {
    const { connections, accounts } = this.deps;
    const [connection, account] = await Promise.all([
      connections.find(connectionId),
      accounts.open(connectionId, 'user'),
    ]);
    if (connection === null || account === null) return null;
    return { connection, account: this.watched.of(connectionId, account, mode) };
  }

  private convergeDeps(account: VoiceLinkAccount): ConvergeDeps {
    return { ...this.deps, reader: this.readers.of(account), clientTurns: this.clientTurns };
  }

  /** Null: another holder has the connection's sweep, or took it over. */
  private async import({ connection, account }: Open): Promise<SyncView | null> {
    const { sweepQueue, clock, settings, owner } = this.deps;
    const claimed = await acquireWithin(clock, WAIT_MS, () =>
      sweepQueue.claimSweepOf(connection.id, owner, settings.leaseTtlMs),
    );
    if (claimed === null) return null;
    try {
      return await syncConnection(this.deps, claimed, account);
    } catch (error) {
      await this.deps.leases.release(claimed.lease);
      throw error;
    }
  }
}

/** Without the list of DIDs no step was taken. */
const outcomeOf = (result: CallReadyResult, { refusal }: Pick<ConvergeDeps['reader'], 'refusal'>): CallReadyOutcome =>
  result.before === null && refusal !== null
    ? { kind: 'unauthorized', message: refusal }
    : { kind: 'finished', result };

const nothingWasRead = (snapshot: Snapshot): boolean =>
  SECTIONS.every((section) => snapshot[section].status === 'failed');

/** A request waits for a turn that comes soon, and not for a VoiceLink that does not answer. */
const pausedOf = (account: VoiceLinkAccount): Extract<Unavailable, { kind: 'paused' }> | null => {
  const pause = account.currentPause();
  if (pause === null || (pause.why === 'rate_limited' && pause.forMs <= USER_WAIT_MS)) return null;
  return { kind: 'paused', why: pause.why, retryAfterMs: Math.ceil(pause.forMs) };
};
