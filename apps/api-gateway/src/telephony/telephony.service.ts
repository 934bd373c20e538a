import { Inject, Injectable } from '@nestjs/common';
import type { ConnectionId } from '@dialtone/domain';
import type { ConnectionStore, ConnectionView, Page, Principal, TelephonyProvider } from '@dialtone/persistence';
import type { Call } from '../http/call';
import { noSuchConnection } from '../http/input/connection-selection';
import { CONNECTION_STORE, GATEWAY_SETTINGS, type GatewaySettings } from '../outside/tokens';
import { AccessVerification } from './access-verification';
import { readAccess, type GivenAccess } from './given-access';
import { PROVIDERS } from './providers';
import type { TelephonyFields } from './telephony-fields.dto';
import type { CreateConnectionBody } from './telephony.dto';

/** Telephony connections of one partner. Credentials go in; only their `shown` part comes out. */
@Injectable()
export class TelephonyService {
  constructor(
    @Inject(CONNECTION_STORE) private readonly connections: ConnectionStore,
    private readonly verification: AccessVerification,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  async create({ principal }: Call, body: CreateConnectionBody): Promise<ConnectionView> {
    const { partnerId } = principal;
    const { provider, name } = body;
    const given = readAccess({ provider, body, occasion: 'always', settings: this.settings });
    const access = await this.verification.verified(partnerId, provider, given);
    const { id } = await this.connections.create({ partnerId, provider, name, ...access, ...this.limits() });
    return this.viewOf({ partnerId }, id);
  }

  /** Changes the provider's default connection, or makes it. */
  async configure(
    { partnerId }: Principal,
    provider: TelephonyProvider,
    body: TelephonyFields,
  ): Promise<{ readonly given: GivenAccess; readonly view: ConnectionView; readonly created: boolean }> {
    const given = readAccess({ provider, body, occasion: 'config', settings: this.settings });
    const access = await this.verification.verified(partnerId, provider, given);
    const { label } = PROVIDERS[provider];
    const input = { partnerId, provider, name: label, access, ...this.limits() };
    const { id, created } = await this.connections.configureDefault(input);
    return { given, view: await this.viewOf({ partnerId }, id), created };
  }

  list(
    { partnerId }: Principal,
    query: Omit<Parameters<ConnectionStore['list']>[0], 'partnerId'>,
  ): Promise<Page<ConnectionView>> {
    return this.connections.list({ ...query, partnerId });
  }

  async rename({ partnerId }: Principal, id: ConnectionId, name: string): Promise<ConnectionView> {
    if (!(await this.connections.rename(partnerId, id, name))) throw noSuchConnection();
    return this.viewOf({ partnerId }, id);
  }

  async disconnect({ partnerId }: Principal, id: ConnectionId): Promise<ConnectionView> {
    if (!(await this.connections.disconnect(partnerId, id))) throw noSuchConnection();
    return this.viewOf({ partnerId }, id);
  }

  private limits(): { readonly atMost: number; readonly numbersAtMost: number } {
    const { connections: atMost, phone_numbers: numbersAtMost } = this.settings.quotas;
    return { atMost, numbersAtMost };
  }

  private async viewOf({ partnerId }: Pick<Principal, 'partnerId'>, id: ConnectionId): Promise<ConnectionView> {
    const view = await this.connections.view(partnerId, id);
    if (view === null) throw noSuchConnection();
    return view;
  }
}
