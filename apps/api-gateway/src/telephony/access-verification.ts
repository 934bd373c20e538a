import { Inject, Injectable } from '@nestjs/common';
import { carrierInfo, type CarrierName } from '@dialtone/carriers';
import type { PartnerId } from '@dialtone/domain';
import type {
  ConnectionAccess,
  LoginAttempts,
  TelephonyProvider,
  TriedLogin,
  Verification,
} from '@dialtone/persistence';
import { ApiError, retryAfterSeconds } from '../http/errors/api-error';
import { CARRIER_CHECK, LOGIN_ATTEMPTS, VOICELINK_LOGIN, type CarrierCheck } from '../outside/tokens';
import type { VoiceLinkLogin } from '../outside/voicelink-login';
import type { GivenAccess } from './given-access';

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

/** `login`: the fields that were refused together. */
const credentialsRefused = (message: string, login: readonly string[]): ApiError =>
  new ApiError('CREDENTIALS_REFUSED', `${message} Nothing was stored.`, {
    details: login.map((field) => ({
      field,
      message: login.length === 1 ? 'Refused.' : 'Refused together with the others.',
    })),
  });

/** Before the login is tried, so that it says nothing about these credentials. */
const tooManyLogins = (waitMs: number): ApiError =>
  new ApiError(
    'RATE_LIMITED',
    `Too many logins of this partner were not accepted: nothing was tried, wait ${retryAfterSeconds(waitMs)} seconds.`,
    { retryAfterMs: waitMs },
  );

/** Verifies credentials at their carrier before they are stored. Throws for those that it refuses. */
@Injectable()
export class AccessVerification {
  constructor(
    @Inject(VOICELINK_LOGIN) private readonly login: VoiceLinkLogin,
    @Inject(CARRIER_CHECK) private readonly check: CarrierCheck,
    @Inject(LOGIN_ATTEMPTS) private readonly attempts: LoginAttempts,
  ) {}

  async verified(partnerId: PartnerId, provider: TelephonyProvider, given: GivenAccess): Promise<ConnectionAccess> {
    const { baseUrl, credentials, number: defaultNumber } = given;
    const verification =
      provider === 'voicelink'
        ? await this.voiceLinkVerified(partnerId, given)
        : await this.carrierVerified(partnerId, provider, given);
    return { baseUrl, credentials, defaultNumber, verification };
  }

  private async voiceLinkVerified(partnerId: PartnerId, { baseUrl, credentials }: GivenAccess): Promise<Verification> {
    if (baseUrl === null) return { kind: 'verified' };
    const login = { username: String(credentials['username']), password: String(credentials['password']) };
    const verdict = await this.tried({ partnerId, baseUrl, username: login.username }, () =>
      this.login({ baseUrl, credentials: login }),
    );
    if (verdict.kind === 'refused') throw loginRefused(baseUrl);
    return verdict;
  }

  private async carrierVerified(
    partnerId: PartnerId,
    provider: CarrierName,
    { baseUrl, credentials }: GivenAccess,
  ): Promise<Verification> {
    const { login, isGuessable } = carrierInfo(provider);
    const check = () => this.check(provider, { baseUrl, credentials });
    const tried = { partnerId, baseUrl: baseUrl ?? provider, username: String(credentials[login[0]]) };
    const verdict = isGuessable ? await this.tried(tried, check) : await check();
    // Nobody learns from it whether the credentials are right, and a partner can set up while the carrier is away.
    if (isGuessable && verdict.kind === 'unknown') await this.attempts.saidNothing(tried);
    if (verdict.kind === 'refused') throw credentialsRefused(verdict.message, login);
    return verdict;
  }

  /** Counts failures, so that nobody finds out credentials by trying. */
  private async tried<V extends { readonly kind: string }>(login: TriedLogin, ask: () => Promise<V>): Promise<V> {
    const waitMs = await this.attempts.begin(login);
    if (waitMs !== null) throw tooManyLogins(waitMs);
    const verdict = await ask();
    if (verdict.kind === 'verified') await this.attempts.succeeded(login);
    return verdict;
  }
}
