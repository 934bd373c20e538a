import { Inject, Injectable } from '@nestjs/common';
import { phoneNumberOf, type DidKey, type Release } from '@dialtone/domain';
import type { Condition, DeclarationClaim, WithdrawalTerms } from '@dialtone/engine';
import type { BindingStore, NumberPage, Page, Principal } from '@dialtone/persistence';
import { ApiError } from '../http/errors/api-error';
import { requestedConnection, type ConnectionInput } from '../http/input/connection-selection';
import { BINDING_STORE, GATEWAY_SETTINGS, type GatewaySettings } from '../outside/tokens';
import { asRead, type ReadBinding } from './as-read';
import { notDeclared, refusalOf } from './declaration-refusal';

/** Names one binding of the caller: by its number, and by its connection if the caller gave one. */
export interface BindingRef {
  readonly principal: Principal;
  readonly key: DidKey;
  readonly selection: ConnectionInput;
}

const REFUSING: readonly Condition['reason'][] = ['PAUSED', 'WRITES_HELD', 'WINDOW_CLOSED'];

const writesNotAllowed = (key: DidKey, { reason, message }: Condition): ApiError =>
  new ApiError('WRITES_NOT_ALLOWED', `${phoneNumberOf(key)} may not be written now (${reason}). ${message}.`);

/** Declarations of one partner. Refusals are ApiErrors; another partner's bindings answer like missing ones. */
@Injectable()
export class BindingsService {
  constructor(
    @Inject(BINDING_STORE) private readonly bindings: BindingStore,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** A binding on a connection other than the named one answers like a missing one. */
  async find({ principal, key, selection }: BindingRef): Promise<ReadBinding> {
    const requested = requestedConnection(selection);
    const view = await this.bindings.find(principal.partnerId, key);
    if (view === null || (requested !== null && view.binding.connectionId !== requested)) throw notDeclared(key);
    return asRead(view, this.settings);
  }

  async list(page: NumberPage): Promise<Page<ReadBinding>> {
    const { items, nextCursor } = await this.bindings.list(page);
    return { items: items.map((view) => asRead(view, this.settings)), nextCursor };
  }

  /** What has to be done before it ends; null: it has ended. */
  async remove(ref: BindingRef, claim: DeclarationClaim & Pick<WithdrawalTerms, 'release'>): Promise<Release | null> {
    const { principal, key } = ref;
    const connectionId = requestedConnection(ref.selection);
    const { partnerId, apiKeyId } = principal;
    const asked = { partnerId, key, actor: apiKeyId, ...claim, ...(connectionId !== null && { connectionId }) };
    const result = await this.bindings.remove(asked);
    if (result.kind === 'not_found') throw notDeclared(key);
    if (result.kind === 'releasing') return result.releasing;
    if (result.kind !== 'removed') throw refusalOf(key, null, result);
    return null;
  }

  /** Makes it due now; doing it again changes nothing. Refused while something keeps Dialtone from writing that will end. */
  async trigger(ref: BindingRef, token: string | null): Promise<Date> {
    const { binding, conditions } = await this.find(ref);
    const denied = conditions.find(({ type, reason }) => type === 'WritesAllowed' && REFUSING.includes(reason));
    if (denied !== undefined) throw writesNotAllowed(binding.key, denied);
    const triggered = await this.bindings.trigger(ref.principal.partnerId, ref.key, token);
    if (triggered === null) throw notDeclared(ref.key);
    return triggered.dueAt;
  }
}
