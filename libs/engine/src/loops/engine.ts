import type { ReadinessState } from '@dialtone/domain';
import { backoffMs, jittered, stalledDelayMs } from './backoff';
import { openSteps } from '../verdicts/history/plan-entry';
import { DidListReaders } from '../listings/did-lists';
import { WatchedAccounts } from '../listings/watched-accounts';
import type { Course, Outcome } from '../ports/outcome';
import { outcomeDuring } from '../gate/pause';
import { CredentialsUnreadableError, type Accounts } from '../ports/accounts';
import type { Clock } from '../ports/clock';
import type { WriteJournal } from '../ports/journal';
import type { Leases } from '../ports/leases';
import type { ListMemories } from '../ports/list-memories';
import type { EngineObserver } from '../ports/observer';
import type { BindingQueue, ClaimedBinding } from '../ports/binding-queue';
import type { SweepableConnection, VoiceLinkConnections } from '../ports/connections';
import type { KeyStates } from '../ports/key-states';
import type { PhoneNumbers } from '../ports/phone-numbers';
import type { StoreClock } from '../ports/store-clock';
import type { ClaimedSweep, SweepQueue } from '../ports/sweep-queue';
import { converge, type Convergence } from '../reconcile/converge';
import { declaredTarget, outcomeOf } from '../reconcile/reconcile';
import { releaseAgent, releaseOutbound } from '../reconcile/release';
import { withRenewal } from './lease-keeping';
import { runSweep } from '../sweep/run-sweep';
import { recogniseAccount } from '../sweep/recognise-account';
import { sweep, type SweepEnding } from '../sweep/sweep';
import { SweepMemories } from '../sweep/sweep-memories';
import type { EngineSettings } from '../ports/settings';
import { ClientTurns } from '../writes/client-turns';
import { messageOf, stallsAfter } from '../verdicts/binding-status';

export interface EngineDeps {
  readonly accounts: Accounts;
  readonly bindingQueue: BindingQueue;
  readonly sweepQueue: SweepQueue;
  readonly connections: VoiceLinkConnections;
  readonly keyStates: KeyStates;
  readonly phoneNumbers: PhoneNumbers;
  readonly journal: WriteJournal;
  readonly leases: Leases;
  readonly listMemories: ListMemories;
  readonly storeClock: StoreClock;
  readonly clock: Clock;
  readonly observer: EngineObserver;
  readonly settings: EngineSettings;
  /** Unique per process: the owner of its leases. */
  readonly owner: string;
}

const DISCONNECTED: Outcome = {
  kind: 'stalled',
  issues: [],
  message: 'The connection is disconnected; declare the DID on an active connection',
  reason: 'DISCONNECTED',
};

/** Active connection whose base URL is not on the allow-list. */
const NOT_CALLABLE = 'The base URL of this connection is not one that this deployment may call';
const CLOSED: Outcome = { kind: 'stalled', issues: [], message: NOT_CALLABLE, reason: 'CONNECTION_NOT_CALLABLE' };

/** Numbers whose flapping ends in one turn. */
const CALMED_AT_ONCE = 500;

/** Nothing waits for the answer: the next sweep confirms what this one misses. */
const PERIODIC = { importDids: false, confirm: false, store: true, visitor: null } as const;

/** One turn of either loop per call; `WorkLoop` repeats them. */
export class Engine {
  private readonly readers: DidListReaders;
  private readonly watched: WatchedAccounts;
  private readonly memories = new SweepMemories();
  private readonly clientTurns: ClientTurns;

  constructor(private readonly deps: EngineDeps) {
    this.readers = new DidListReaders(deps);
    this.watched = new WatchedAccounts(deps);
    this.clientTurns = new ClientTurns(deps.clock, deps.settings.leaseTtlMs);
  }

  /** Claims up to `limit` due bindings, each with the lease of its DID; every one must be given to `reconcile`. */
  claim(limit: number): Promise<readonly ClaimedBinding[]> {
    return this.deps.bindingQueue.claim(this.deps.owner, limit, this.deps.settings.leaseTtlMs);
  }

  /**
   * Works on one claimed binding and hands it back with its outcome. Trouble with one key is an outcome, never an
   * exception; it throws only when the store cannot take the outcome, and then the lease runs out by itself.
   */
  async reconcile(claimed: ClaimedBinding): Promise<Outcome> {
    const { clock, observer, bindingQueue } = this.deps;
    const startedAt = clock.now();
    const { outcome, state, course = null } = await this.attempt(claimed);
    const message = messageOf(outcome);
    const stalls = stallsAfter(claimed.before, { outcome: outcome.kind, message });
    const delay = this.delayAfter({ outcome, state }, claimed.attempts, stalls);
    await bindingQueue.complete(claimed, outcome, typeof delay === 'number' ? delay : await delay, course);
    const { connectionId, key } = claimed.binding;
    const durationMs = clock.now() - startedAt;
    observer.reconciled({
      connectionId,
      key,
      outcome: outcome.kind,
      message,
      state,
      durationMs,
      attempts: claimed.attempts,
      stalls,
    });
    return outcome;
  }

  /** Milliseconds until a declaration is due (0: now), or null when none is scheduled. */
  nextDueInMs(): Promise<number | null> {
    return this.deps.bindingQueue.nextDueInMs();
  }

  /** Ends the flapping of verdicts that have been calm for long enough; returns how many there were, at most `CALMED_AT_ONCE`. */
  endFlapping(): Promise<number> {
    return this.deps.keyStates.endFlapping(CALMED_AT_ONCE);
  }

  /** Milliseconds until the next flapping is over (0: now), or null when none is under way. */
  nextFlapEndInMs(): Promise<number | null> {
    return this.deps.keyStates.nextFlapEndInMs();
  }

  /** Claims a connection whose sweep is due, with the lease of its sweep; it must be given to `sweep`. Null: none is due. */
  claimSweep(): Promise<ClaimedSweep | null> {
    return this.deps.sweepQueue.claimSweep(this.deps.owner, this.deps.settings.leaseTtlMs);
  }

  /** Sweeps a claimed connection and hands it back. Throws only when the store cannot take the report. */
  async sweep(claimed: ClaimedSweep): Promise<void> {
    await runSweep(this.deps, claimed, (signal) => this.attemptSweep(claimed.connection, signal));
  }

  /** Sweeps one connection that is due; false when none is. */
  async sweepOnce(): Promise<boolean> {
    const claimed = await this.claimSweep();
    if (claimed !== null) await this.sweep(claimed);
    return claimed !== null;
  }

  private async attempt(claimed: ClaimedBinding): Promise<Attempt> {
    try {
      return await this.work(claimed);
    } catch (error) {
      this.deps.observer.failed({ where: 'reconcile', error });
      return {
        outcome: { kind: 'retry', error: explain(error), retryAfterMs: null },
        state: 'UNKNOWN',
      };
    }
  }

  private async work(claimed: ClaimedBinding): Promise<Attempt> {
    const { accounts, connections, settings, leases, clock } = this.deps;
    const { connectionId, releasing } = claimed.binding;
    if (releasing === 'unassign_agent')
      return { outcome: await releaseAgent(this.deps, claimed.binding), state: 'UNKNOWN' };
    const [connection, opened] = await Promise.all([
      connections.find(connectionId),
      accounts.open(connectionId, 'repair'),
    ]);
    if (connection === null) return { outcome: DISCONNECTED, state: 'UNKNOWN' };
    if (opened === null) return { outcome: CLOSED, state: 'UNKNOWN' };
    const account = this.watched.of(connectionId, opened);
    const pause = account.currentPause();
    if (pause !== null) return { outcome: outcomeDuring(pause), state: 'UNKNOWN' };
    const deps = { ...this.deps, reader: this.readers.of(account), clientTurns: this.clientTurns };
    return withRenewal({ leases, clock, ttlMs: settings.leaseTtlMs }, claimed.lease, async (signal) => {
      const target = declaredTarget(claimed, { accountId: connection.accountId, account }, signal);
      const attempt: Attempt =
        releasing === undefined
          ? attemptOf(await converge(deps, target))
          : { outcome: await releaseOutbound(deps, target), state: 'UNKNOWN' };
      const paused = account.currentPause();
      return { ...attempt, outcome: paused === null ? attempt.outcome : outcomeDuring(paused, attempt.outcome) };
    });
  }

  /** It is known when the wait ends: the store's clock says how long that is from now. */
  private async delayUntil(until: number): Promise<number> {
    return Math.max(1, until - (await this.deps.storeClock.time()));
  }

  private delayAfter({ outcome, state }: Attempt, attempts: number, stalls: number): number | Promise<number> {
    const { settings, clock } = this.deps;
    switch (outcome.kind) {
      case 'settled':
        return jittered(settings.resyncMs, clock.random());
      case 'stalled':
        return this.stalledFor(outcome, state, stalls);
      case 'progressing':
        return outcome.until === undefined
          ? jittered(outcome.requeueAfterMs, clock.random())
          : this.delayUntil(outcome.until);
      case 'retry':
        return Math.max(backoffMs(attempts, settings.backoff, clock.random()), outcome.retryAfterMs ?? 0);
    }
  }

  private stalledFor(
    { contest }: Extract<Outcome, { kind: 'stalled' }>,
    state: ReadinessState,
    stalls: number,
  ): number | Promise<number> {
    const { settings, clock } = this.deps;
    if (contest !== undefined) return this.delayUntil(contest.until);
    // What this deployment forbids ends with a restart, which triggers nothing.
    const isOfDeployment = settings.dryRun || settings.mode !== 'enforce' || state === 'UNKNOWN';
    return jittered(stalledDelayMs(isOfDeployment ? 1 : stalls, settings.resyncMs), clock.random());
  }

  private async attemptSweep(connection: SweepableConnection, signal: AbortSignal): Promise<SweepEnding> {
    const { accounts, observer } = this.deps;
    try {
      const opened = await accounts.open(connection.id, 'sweep');
      if (opened === null) return { kind: 'failed', error: NOT_CALLABLE };
      const account = this.watched.of(connection.id, opened);
      const pause = account.currentPause();
      if (pause?.why === 'rate_limited') return { kind: 'throttled', pause };
      await recogniseAccount(this.deps.connections, connection, account);
      return await sweep(this.deps, { ...PERIODIC, connection, account, memory: this.memories }, signal);
    } catch (error) {
      observer.failed({ where: 'sweep', error });
      return { kind: 'failed', error: explain(error) };
    }
  }
}

/** For the partner, beside the connection or the declaration; the log has the error itself. */
const explain = (error: unknown): string =>
  error instanceof CredentialsUnreadableError
    ? 'The stored credentials of this connection cannot be opened; send them again, or tell whoever runs this'
    : 'Internal error; the log has it';

const attemptOf = (convergence: Convergence): Attempt => ({
  outcome: outcomeOf(convergence),
  state: convergence.after.readiness.state,
  course: { taken: convergence.taken, open: openSteps(convergence.after.plan) },
});

interface Attempt {
  readonly outcome: Outcome;
  readonly state: ReadinessState;
  readonly course?: Course;
}
