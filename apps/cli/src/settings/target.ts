import { Failure } from '../failure';
import type { Environment } from '../surroundings';
import { profilesPath, readProfiles, type Profile } from './profiles';

/** Which gateway, with which key, and where both were said: the answer to "why am I refused?". */
export interface Target {
  readonly address: string;
  readonly addressFrom: string;
  readonly apiKey: string;
  readonly keyFrom: string;
  /** Null: no profile was used. */
  readonly profile: string | null;
}

export interface TargetFlags {
  readonly address?: string;
  readonly profile?: string;
}

interface Said {
  readonly value: string;
  readonly from: string;
}

const firstOf = (...candidates: readonly (Said | null)[]): Said | null =>
  candidates.find((candidate) => candidate !== null) ?? null;

const variable = (env: Environment, name: string): Said | null => {
  const value = env[name]?.trim() ?? '';
  return value === '' ? null : { value, from: `the variable ${name}` };
};

const flag = (name: string, value: string | undefined): Said | null =>
  value === undefined ? null : { value, from: `--${name}` };

interface Chosen {
  readonly name: Said | null;
  readonly profile: Profile | null;
}

const chosenProfile = async (env: Environment, flags: TargetFlags): Promise<Chosen> => {
  const path = profilesPath(env);
  const { current, profiles } = await readProfiles(path);
  const asked = firstOf(flag('profile', flags.profile), variable(env, 'DIALTONE_PROFILE'));
  const name = asked ?? (current === null ? null : { value: current, from: path });
  if (name === null) return { name: null, profile: null };
  const profile = profiles[name.value] ?? null;
  if (profile !== null || asked === null) return { name, profile };
  const known = Object.keys(profiles).join(', ');
  throw new Failure(
    `There is no profile "${name.value}" (from ${name.from}) in ${path}. ${known === '' ? 'It has none yet' : `It has: ${known}`}. Make one: dialtone login ADDRESS --profile ${name.value}`,
  );
};

/** The address without a slash at its end; refuses what is none. */
export const addressOf = (text: string, from: string): string => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    throw new Failure(
      `"${text}" (from ${from}) is no address of a gateway: give one such as https://dialtone.example.com`,
    );
  if (url.username !== '' || url.password !== '')
    throw new Failure(`The address from ${from} has a user name or password in it: the gateway takes an API key only.`);
  return url.href.replace(/\/+$/, '');
};

const NO_ADDRESS =
  'No gateway is known. Log in once (dialtone login https://dialtone.example.com), or set DIALTONE_ADDRESS and DIALTONE_API_KEY.';

/** The gateway of a flag, the environment or the profile, in this order. */
export const addressFor = async (env: Environment, flags: TargetFlags): Promise<Said & Chosen> => {
  const chosen = await chosenProfile(env, flags);
  const { name, profile } = chosen;
  const address = firstOf(
    flag('address', flags.address),
    variable(env, 'DIALTONE_ADDRESS'),
    profile === null ? null : { value: profile.address, from: `the profile ${name?.value ?? ''}` },
  );
  if (address === null) throw new Failure(NO_ADDRESS);
  return { ...chosen, value: addressOf(address.value, address.from), from: address.from };
};

/** A profile's key goes to that profile's gateway only: another address may be anybody's. */
const keyOf = (env: Environment, address: string, { name, profile }: Chosen): Said | null => {
  const given = variable(env, 'DIALTONE_API_KEY');
  if (given !== null || profile === null) return given;
  const isItsGateway = addressOf(profile.address, 'the profile') === address;
  return isItsGateway ? { value: profile.api_key, from: `the profile ${name?.value ?? ''}` } : null;
};

/** Address by flag, environment, profile; key by environment, profile. Never by an argument: process lists show those. */
export const targetOf = async (env: Environment, flags: TargetFlags): Promise<Target> => {
  const address = await addressFor(env, flags);
  const key = keyOf(env, address.value, address);
  if (key === null)
    throw new Failure(
      `There is no API key for ${address.value}. Set DIALTONE_API_KEY, or log in: dialtone login ${address.value}`,
    );
  const usesProfile = [address.from, key.from].some((from) => from.startsWith('the profile '));
  return {
    address: address.value,
    addressFrom: address.from,
    apiKey: key.value,
    keyFrom: key.from,
    profile: usesProfile ? (address.name?.value ?? null) : null,
  };
};

/** The key as it may be shown. */
export const maskedKey = (apiKey: string): string => `${apiKey.slice(0, 8)}…${apiKey.slice(-4)}`;
