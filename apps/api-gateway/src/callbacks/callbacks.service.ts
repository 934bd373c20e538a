import { Inject, Injectable } from '@nestjs/common';
import {
  callbacksOf,
  fieldsOf,
  type AnswerDocument,
  type CallbackKeys,
  type CallbackRequest,
  type CallbackSpec,
  type HeardCall,
  type Proof,
} from '@dialtone/carriers';
import { hiderOf, isCallOver, type CallStatus, type Hide } from '@dialtone/domain';
import type { CalledBack, CallStore, CarrierAccessStore, StoredAccess } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { ApiError } from '../http/errors/api-error';
import { CALL_STORE, CARRIER_ACCESS, GATEWAY_SETTINGS, LOGGER, type GatewaySettings } from '../outside/tokens';
import { CallbackBounds } from './callback-bounds';
import type { CallbackPath } from './callback-paths';
import { handoverOfCall } from './handover-of-call';

/** The one answer to all that is not known: a stranger learns nothing of it. */
export const noSuchCallback = (): ApiError => new ApiError('NOT_FOUND', 'There is no such callback.');

const REFUSALS: Readonly<Partial<Record<Proof, string>>> = {
  wrong: 'The signature is not that of this request, with this URL and the stored token.',
  stale: 'The request is signed, and too old.',
};

/** What carriers say of calls. The token of the path says which call is meant, and stands for a signature where a carrier has none. */
@Injectable()
export class CallbacksService {
  private readonly bounds = new CallbackBounds(Date.now);

  constructor(
    @Inject(CALL_STORE) private readonly calls: CallStore,
    @Inject(CARRIER_ACCESS) private readonly access: CarrierAccessStore,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Before a body is read. Throws NOT_FOUND for a token that no carrier of this name was given, and RATE_LIMITED. */
  async find({ provider, token }: CallbackPath): Promise<CalledBack> {
    const call = await this.bounds.lookUp(() => this.calls.byCallbackToken(token));
    if (call?.provider !== provider) throw noSuchCallback();
    this.bounds.count(call.id);
    return call;
  }

  /** `target`: path and query, as they came. Throws FORBIDDEN for what is not the carrier's. */
  async hear(
    call: CalledBack,
    { provider, kind }: CallbackPath,
    { target, ...request }: Omit<CallbackRequest, 'url'> & { readonly target: string },
  ): Promise<{ readonly document: AnswerDocument; readonly isHeard: boolean }> {
    const spec = callbacksOf(provider);
    const seen = { ...request, url: (this.settings.publicBaseUrl ?? '') + target };
    const access = await this.access.find(call.connectionId);
    const proof = spec.prove(seen, this.keysOf(access));
    const refusal = REFUSALS[proof];
    if (refusal !== undefined) {
      this.logger.warn(
        { call_id: call.id, provider, connection_id: call.connectionId, proof },
        'a callback was refused',
      );
      throw new ApiError('FORBIDDEN', refusal);
    }
    const fields = fieldsOf(seen);
    const heard = ofThisCall(call, spec.hear(fields)) ?? (kind === 'answer' ? ANSWERED : null);
    const status = heard === null ? call.status : await this.note(call, heard, hiderOf(secretsOf(access)));
    return {
      document: kind === 'status' ? spec.acknowledgement : this.whereTo(call, status, { spec, fields }),
      isHeard: heard !== null,
    };
  }

  private whereTo(
    call: CalledBack,
    status: CallStatus,
    { spec, fields }: { readonly spec: CallbackSpec; readonly fields: Parameters<CallbackSpec['handOver']>[1] },
  ): AnswerDocument {
    if (isCallOver(status)) return spec.hangUp;
    return spec.handOver(handoverOfCall(call, call.variables, this.settings.defaultWebsocketUrl), fields);
  }

  private async note(call: CalledBack, heard: HeardCall, hide: Hide): Promise<CallStatus> {
    const { state, at, carrierId, durationSeconds, reason } = heard;
    const noted = await this.calls.noteHeard(call.id, {
      source: 'callback',
      status: state,
      at: at?.getTime() ?? Date.now(),
      carrierId: carrierId === null || carrierId.length > MAX_ID ? null : hide(carrierId),
      durationSeconds,
      error: reason === null ? null : hide(reason).slice(0, MAX_REASON),
    });
    if (noted.kind === 'no_such_call') throw noSuchCallback();
    const { id: call_id, provider, connectionId: connection_id } = call;
    this.logger.info({ call_id, provider, connection_id, state, outcome: noted.kind }, 'a carrier told of a call');
    return noted.status;
  }

  private keysOf(access: StoredAccess | null): CallbackKeys {
    const field = (name: string): string => {
      const value = access?.credentials?.[name];
      return typeof value === 'string' ? value : '';
    };
    return { field, gatewaySecret: this.settings.sipGatewaySecret, now: Date.now() };
  }
}

/** A carrier may quote what it was given. */
const secretsOf = (access: StoredAccess | null): readonly string[] => Object.values(access?.credentials ?? {}).flat();

/** No carrier's id is longer; a longer text would be kept for nothing. */
const MAX_ID = 128;
const MAX_REASON = 300;

/** A carrier asks where a call goes when it was answered. */
const ANSWERED: HeardCall = {
  state: 'in_progress',
  at: null,
  carrierId: null,
  callId: null,
  durationSeconds: null,
  reason: null,
};

/** What names another call of ours tells nothing of this one. */
const ofThisCall = ({ id }: CalledBack, heard: HeardCall | null): HeardCall | null =>
  heard === null || heard.callId === null || heard.callId === id ? heard : null;
