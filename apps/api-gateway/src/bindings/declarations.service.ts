import { Inject, Injectable } from '@nestjs/common';
import type { DidKey } from '@dialtone/domain';
import type { Precondition } from '@dialtone/engine';
import type { BindingStore, Principal } from '@dialtone/persistence';
import { BINDING_STORE, GATEWAY_SETTINGS, type GatewaySettings } from '../outside/tokens';
import { asRead, type ReadBinding } from './as-read';
import type { DeclareBindingBody } from './bindings.dto';
import { refusalOf } from './declaration-refusal';
import { DeclarationReader } from './declaration-reader';
import { Plans } from './plan/plans';

export interface Declared {
  readonly created: boolean;
  readonly view: ReadBinding;
}

export interface DeclarationTerms {
  readonly precondition: Precondition;
  /** The hash of the plan that it must still be; null: whatever would be done. */
  readonly plan: string | null;
}

/** Takes a declaration. Refusals are ApiErrors; another partner's bindings answer like missing ones. */
@Injectable()
export class DeclarationsService {
  constructor(
    @Inject(BINDING_STORE) private readonly bindings: BindingStore,
    private readonly reader: DeclarationReader,
    private readonly plans: Plans,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  async declare(
    { partnerId, apiKeyId }: Principal,
    key: DidKey,
    body: DeclareBindingBody,
    { precondition, plan }: DeclarationTerms,
  ): Promise<Declared> {
    const terms = { precondition, isInspected: plan !== null };
    const { asked, checkConnection } = await this.reader.read(partnerId, key, body, terms);
    const result = await this.bindings.declare({
      ...asked,
      partnerId,
      actor: apiKeyId,
      atMost: this.settings.quotas.bindings,
      ...(plan !== null && {
        inspect: this.plans.checking(partnerId, plan, { read: [{ key, asked }], withdraw: [] }),
      }),
    });
    if (!('view' in result)) {
      await checkConnection();
      throw refusalOf(key, asked.spec.clientId, result);
    }
    const { view } = result;
    return { created: result.kind === 'created', view: asRead(view, this.settings) };
  }
}
