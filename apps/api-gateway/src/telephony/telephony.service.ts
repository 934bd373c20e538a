import { Inject, Injectable } from '@nestjs/common';
import type { ConnectionId, PartnerId } from '@dialtone/domain';
import {
  type ConnectionAccess,
  type ConnectionStore,
  type ConnectionView,
  type LoginAttempts,
  type Page,
  type Principal,
  type TelephonyProvider,
} from '@dialtone/persistence';
import { ApiError, retryAfterSeconds } from '../http/errors/api-error';
import type { Call } from '../http/call';
import { noSuchConnection } from '../http/input/connection-selection';
import {
  CONNECTION_STORE,
  GATEWAY_SETTINGS,
  LOGIN_ATTEMPTS,
  VOICELINK_LOGIN,
  type GatewaySettings,
} from '../outside/tokens';
import { readAccess, type GivenAccess } from './given-access';
import { PROVIDERS } from './providers';
import type { TelephonyFields } from './telephony-fields.dto';
import type { CreateConnectionBody } from './telephony.dto';
import type { VoiceLinkLogin } from '../outside/voicelink-login';

const loginRefused = (baseUrl: string): ApiError =>
  new ApiError(
    'CREDENTIALS_REFUSED',
    `VoiceLink at ${baseUrl} refuses this username and password. Nothing was stored: check them and send them again.`,
    {
      details: [
        { field: 'username', message: 'Refused together with password.' },
        { field: 'password', message: 'Refused together with username.' },
      ],
    },
  );

/** Before the login is tried, so that it says nothing about these credentials. */
const tooManyLogins = (waitMs: number): ApiError =>
  new ApiError(
    'RATE_LIMITED',
    `Too many logins of this partner were not accepted: nothing was tried, wait ${retryAfterSeconds(waitMs)} seconds.`,
    { retryAfterMs: waitMs },
  );

/** Telephony connections of one partner. Credentials go in; only their `shown` part comes out. */
@Injectable()
export class TelephonyService {
  constructor(
    @Inject(CONNECTION_STORE) private readonly connections: ConnectionStore,
    @Inject(VOICELINK_LOGIN) private readonly login: VoiceLinkLogin,
    @Inject(LOGIN_ATTEMPTS) private readonly attempts: LoginAttempts,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  async create({ principal, once }: Call, body: CreateConnectionBody): Promise<ConnectionView> {
    const { partnerId } = principal;
    const { provider, name } = body;
    const given = readAccess({ provider, body, occasion: 'always', settings: this.settings });
    const access = await this.verified(partnerId, provider, given);
    await once.begin();
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
    const access = await this.verified(partnerId, provider, given);
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

  /** Only VoiceLink is called; the fields of other carriers count as good once they are well-formed. */
  private async verified(
    partnerId: PartnerId,
    provider: TelephonyProvider,
    given: GivenAccess,
  ): Promise<ConnectionAccess> {
    const { baseUrl, credentials, number: defaultNumber } = given;
    const access = { baseUrl, credentials, defaultNumber };
    if (provider !== 'voicelink' || baseUrl === null) return { ...access, verification: { kind: 'verified' } };
    const login = { username: String(credentials['username']), password: String(credentials['password']) };
    const tried = { partnerId, baseUrl, username: login.username };
    const waitMs = await this.attempts.begin(tried);
    if (waitMs !== null) throw tooManyLogins(waitMs);
    const verification = await this.login({ baseUrl, credentials: login });
    if (verification.kind === 'verified') await this.attempts.succeeded(tried);
    if (verification.kind === 'refused') throw loginRefused(baseUrl);
    return { ...access, verification };
  }
}
