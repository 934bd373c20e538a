import { EXOTEL_HOSTS } from '@dialtone/carriers';
import { canonicalKey } from '@dialtone/domain';
import type { ConnectionCredentials, GivenNumber, TelephonyProvider } from '@dialtone/persistence';
import { ApiError, type ErrorDetail } from '../http/errors/api-error';
import type { GatewaySettings } from '../outside/tokens';
import { mustBeNumber } from '../http/input/must-be-number';
import { allowedBaseUrl } from './base-url';
import { givenNumber } from './given-number';
import { type Need, PROVIDERS, type ProviderField, type ProviderSpec } from './providers';
import type { TelephonyFields } from './telephony-fields.dto';

type Value = string | readonly string[];

/** The fields of a body as the access of one provider. */
export interface GivenAccess {
  readonly credentials: ConnectionCredentials;
  readonly baseUrl: string | null;
  readonly number: GivenNumber | null;
  /** What may be shown of it, under the names that were sent. */
  readonly shown: Readonly<Record<string, Value>>;
}

export interface GivenInput {
  readonly provider: TelephonyProvider;
  readonly body: TelephonyFields;
  /** Of which occasion the mandatory fields are asked for. */
  readonly occasion: Exclude<Need, 'never'>;
  readonly settings: GatewaySettings;
}

/** Takes a provider's fields from a validated body. Throws one ApiError that names every wrong field. */
export const readAccess = (input: GivenInput): GivenAccess => {
  const reader = new AccessReader(input);
  const access = reader.read();
  if (reader.problems.length === 0) return access;
  const message = reader.problems.map((problem) => problem.message).join(' ');
  throw new ApiError('VALIDATION_ERROR', message, { details: reader.problems });
};

const NOT_OF_A_PROVIDER = new Set(['provider', 'name']);
const VISIBLE_END = 4;
/** Masking would leave most of a shorter text visible. */
const MIN_MASKED = 12;

const mask = (value: string): string => (value.length < MIN_MASKED ? '****' : `****${value.slice(-VISIBLE_END)}`);

class AccessReader {
  readonly problems: ErrorDetail[] = [];
  private readonly spec: ProviderSpec;
  private readonly given: ReadonlyMap<string, Value>;
  private readonly shown: Record<string, Value> = {};

  constructor(private readonly input: GivenInput) {
    this.spec = PROVIDERS[input.provider];
    this.given = new Map(
      Object.entries(input.body as Readonly<Record<string, Value | null | undefined>>).flatMap(([name, value]) =>
        value === null || value === undefined || NOT_OF_A_PROVIDER.has(name) ? [] : [[name, value] as const],
      ),
    );
  }

  read(): GivenAccess {
    this.refuseForeign();
    const credentials = Object.fromEntries(this.spec.fields.flatMap((field) => this.readField(field)));
    this.refuseHalfLogin();
    this.refuseOtherHost();
    return { credentials, baseUrl: this.readBaseUrl(), number: this.readNumber(), shown: this.shown };
  }

  private fail(field: string, message: string): void {
    this.problems.push({ field, message });
  }

  /** A field that would be dropped in silence is a mistake of the caller. */
  private refuseForeign(): void {
    const { fields, number, hasBaseUrl } = this.spec;
    const own = new Set<string>([
      ...fields.flatMap(({ name, alias }) => [name, ...(alias === undefined ? [] : [alias])]),
      ...number.names,
      ...(hasBaseUrl ? ['base_url'] : []),
    ]);
    for (const name of this.given.keys()) {
      if (!own.has(name)) this.fail(name, `${name} does not belong to provider ${this.input.provider}: remove it.`);
    }
  }

  /** The value and the name that it was sent with; two names must not contradict each other. */
  private pick(
    names: readonly string[],
    textOf: (value: Value) => string = String,
  ): { readonly name: string; readonly value: Value } | null {
    const sent = names.flatMap((name) => {
      const value = this.given.get(name);
      return value === undefined ? [] : [{ name, value }];
    });
    const [first, second] = sent;
    if (first === undefined) return null;
    if (second !== undefined && textOf(second.value) !== textOf(first.value)) {
      this.fail(second.name, `${first.name} and ${second.name} are two names of one field: send only ${first.name}.`);
    }
    return first;
  }

  private isNeeded(need: Need): boolean {
    return need === 'always' || need === this.input.occasion;
  }

  private requireField(name: string): void {
    this.fail(name, `${name} is required for provider ${this.input.provider}.`);
  }

  private readField({ name, alias, need, kind }: ProviderField): (readonly [string, Value])[] {
    const picked = this.pick(alias === undefined ? [name] : [name, alias]);
    if (picked === null) {
      if (this.isNeeded(need)) this.requireField(name);
      return [];
    }
    const { value } = picked;
    if (kind !== 'secret') this.shown[picked.name] = kind === 'login' ? mask(String(value)) : value;
    return [[name, value]];
  }

  private readNumber(): GivenNumber | null {
    const { names, need } = this.spec.number;
    const { countryCode } = this.input.settings;
    const picked = this.pick(names, (value) => givenNumber(String(value), countryCode).key);
    if (picked === null) {
      if (this.isNeeded(need)) this.requireField(names[0] ?? 'from_number');
      return null;
    }
    const raw = String(picked.value);
    this.shown[picked.name] = raw;
    // The number must be spelled as VoiceLink lists it, or it would never be found there.
    if (this.input.provider === 'voicelink' && canonicalKey(raw, countryCode) === null) {
      this.fail(picked.name, mustBeNumber(picked.name));
    }
    return givenNumber(raw, countryCode);
  }

  private readBaseUrl(): string | null {
    if (!this.spec.hasBaseUrl) return null;
    const { baseUrls } = this.input.settings;
    const allowed = this.input.provider === 'tata_smartflo' ? baseUrls.tata_smartflo : baseUrls.voicelink;
    const given = this.given.get('base_url');
    const baseUrl = allowedBaseUrl(given === undefined ? null : String(given), allowed);
    if (baseUrl === null) this.fail('base_url', `base_url must be one of ${allowed.join(', ')}, or left out.`);
    else this.shown['base_url'] = baseUrl;
    return baseUrl;
  }

  /** Exotel's credentials go to its own hosts only. */
  private refuseOtherHost(): void {
    const given = this.given.get('subdomain');
    if (this.input.provider !== 'exotel' || given === undefined) return;
    if (EXOTEL_HOSTS.some((host) => host === String(given).toLowerCase())) return;
    this.fail('subdomain', `subdomain must be one of ${EXOTEL_HOSTS.join(', ')}.`);
  }

  private refuseHalfLogin(): void {
    if (this.input.provider !== 'sip') return;
    const pair = ['outbound_username', 'outbound_password'] as const;
    const missing = pair.filter((name) => !this.given.has(name));
    if (missing.length !== 1) return;
    for (const name of missing)
      this.fail(name, `${name} is required: outbound_username and outbound_password go together.`);
  }
}
