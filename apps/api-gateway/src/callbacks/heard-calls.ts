import { Inject, Injectable } from '@nestjs/common';
import type { Carrier, HeardCall, Proof } from '@dialtone/carriers';
import { hiderOf, isCallOver, type CallStatus } from '@dialtone/domain';
import type { CalledBack, CallStore, StoredAccess } from '@dialtone/persistence';
import type { CallMetrics, Logger } from '@dialtone/platform';
import { ApiError } from '../http/errors/api-error';
import { CALL_METRICS, CALL_STORE, CARRIERS, LOGGER, type CarrierAccounts } from '../outside/tokens';
import { confirmedEnd } from './confirmed-end';

/** The one answer to all that is not known: a stranger learns nothing of it. */
export const noSuchCallback = (): ApiError => new ApiError('NOT_FOUND', 'There is no such callback.');

/** A callback that was not refused. */
export interface ProvenCallback {
  readonly call: CalledBack;
  readonly proof: Proof;
  readonly access: StoredAccess | null;
  /** Of its path. */
  readonly token: string;
}

/** `unconfirmed`: an end that nobody signed, and that the carrier's own record does not show. */
export interface Noted {
  readonly status: CallStatus;
  readonly outcome: 'heard' | 'unconfirmed';
}

/** How soon the carrier is asked again for an end that it did not confirm, ms. */
const ASK_AGAIN_MS = 10_000;

/** No carrier's id is longer; a longer text would be kept for nothing. */
const MAX_ID = 128;
const MAX_REASON = 300;

/** Calls of which their carriers tell. */
@Injectable()
export class HeardCalls {
  constructor(
    @Inject(CALL_STORE) private readonly calls: CallStore,
    @Inject(CARRIERS) private readonly carriers: CarrierAccounts,
    @Inject(CALL_METRICS) private readonly metrics: CallMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  byToken(token: string): Promise<CalledBack | null> {
    return this.calls.byCallbackToken(token);
  }

  /** Throws NOT_FOUND when the call has been deleted meanwhile. */
  async note(callback: ProvenCallback, told: HeardCall): Promise<Noted> {
    const { call } = callback;
    const heard = await this.believed(callback, told);
    if (heard !== null) return { status: await this.merge(callback, heard), outcome: 'heard' };
    await this.calls.lookWithin(call.id, ASK_AGAIN_MS);
    this.log(call, { state: told.state, outcome: 'unconfirmed' });
    return { status: call.status, outcome: 'unconfirmed' };
  }

  /** What a signature covers is believed, and all that ends nothing: it changes no bill. */
  private async believed({ call, proof, access }: ProvenCallback, told: HeardCall): Promise<HeardCall | null> {
    const ends = isCallOver(told.state) && !isCallOver(call.status);
    if (proof === 'message' || !ends) return told;
    return confirmedEnd(told, this.open(access), call.carrierId);
  }

  private open(access: StoredAccess | null): Carrier | null {
    if (access === null || access.credentials === null) return null;
    return this.carriers.open(access.provider, { baseUrl: access.baseUrl, credentials: access.credentials });
  }

  private async merge({ call, access, token }: ProvenCallback, heard: HeardCall): Promise<CallStatus> {
    const { state, at, carrierId, durationSeconds, reason } = heard;
    // A carrier may quote what it was given.
    const hide = hiderOf([token, ...Object.values(access?.credentials ?? {}).flat()]);
    const noted = await this.calls.noteHeard(call.id, {
      source: 'callback',
      status: state,
      at: at?.getTime() ?? Date.now(),
      carrierId: carrierId === null || carrierId.length > MAX_ID ? null : hide(carrierId),
      durationSeconds,
      error: reason === null ? null : hide(reason).slice(0, MAX_REASON),
    });
    if (noted.kind === 'no_such_call') throw noSuchCallback();
    if (noted.end !== null) this.metrics.ended(call.provider, noted.end);
    this.log(call, { state, outcome: noted.kind });
    return noted.status;
  }

  private log(
    { id, provider, connectionId }: CalledBack,
    what: { readonly state: string; readonly outcome: string },
  ): void {
    this.logger.info({ call_id: id, provider, connection_id: connectionId, ...what }, 'a carrier told of a call');
  }
}
