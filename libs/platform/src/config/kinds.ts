import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseKeyRing } from '../secrets/key-ring';
import type { Variable } from './variable';

/** What a declaration of a variable says besides its kind. */
type Options = Pick<Variable<unknown>, 'fallback'> & { readonly example?: string };

/** A schema for text that a parse function reads; the function throws when it cannot. */
const parsed = <T>(parse: (text: string) => T): z.ZodType<T, string> =>
  z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'cannot be read' });
      return z.NEVER;
    }
  });

const refuse = (): never => {
  throw new TypeError('refused');
};

/** A whole number within bounds, both included. */
export const integer = (
  name: string,
  { min, max, what, fallback }: { min: number; max: number; what: string; fallback?: number },
): Variable<number> => ({
  name,
  schema: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max),
  mustBe: `${what}: a whole number from ${String(min)} to ${String(max)}`,
  example: String(fallback ?? min),
  ...(fallback === undefined ? {} : { fallback: String(fallback) }),
});

/** A duration in milliseconds. */
export const milliseconds = (
  name: string,
  { min = 1, max = 86_400_000, what, fallback }: { min?: number; max?: number; what: string; fallback: number },
): Variable<number> => integer(name, { min, max, what: `${what}, in milliseconds`, fallback });

/** A share in percent. */
export const percentage = (name: string, { what, fallback }: { what: string; fallback: string }): Variable<number> => ({
  name,
  schema: z
    .string()
    .regex(/^\d{1,3}([.]\d+)?$/)
    .transform(Number)
    .refine((value) => value <= 100),
  mustBe: `${what}: a number from 0 to 100`,
  example: fallback,
  fallback,
});

/** `true` or `false`, nothing else: a misspelt switch must not pass for its default. */
export const flag = (name: string, { what, fallback }: { what: string; fallback: boolean }): Variable<boolean> => ({
  name,
  schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
  mustBe: `${what}: true or false`,
  example: String(!fallback),
  fallback: String(fallback),
});

/** One of a few words. */
export const oneOf = <const W extends string>(
  name: string,
  { words, what, fallback }: { words: readonly [W, ...W[]]; what: string; fallback: W },
): Variable<W> => ({
  name,
  schema: z.string().pipe(z.enum(words)),
  mustBe: `${what}: one of ${words.join(', ')}`,
  example: fallback,
  fallback,
});

/** Text that matches a pattern. */
export const text = (
  name: string,
  { pattern, mustBe, example, fallback }: Options & { pattern: RegExp; mustBe: string; example: string },
): Variable<string> => ({
  name,
  schema: z.string().regex(pattern),
  mustBe,
  example,
  ...(fallback === undefined ? {} : { fallback }),
});

const urlWith =
  (protocols: readonly string[]) =>
  (raw: string): string => {
    const url = new URL(raw);
    return protocols.includes(url.protocol) && url.hostname !== '' ? raw : refuse();
  };

/** The connection URL of a PostgreSQL database; secret, because the password is part of it. */
export const postgresUrl = (name: string): Variable<string> => ({
  name,
  schema: parsed(urlWith(['postgres:', 'postgresql:'])),
  mustBe: 'the URL of a PostgreSQL database',
  example: 'postgresql://dialtone:secret@127.0.0.1:5432/dialtone',
  secret: true,
});

/** The same for a purpose of its own; empty, the default, means that there is none. */
export const postgresUrlFor = (name: string, what: string): Variable<string> => ({
  ...postgresUrl(name),
  schema: z.union([z.literal(''), postgresUrl(name).schema]),
  mustBe: what,
  fallback: '',
});

/** A WebSocket URL, without credentials: it is shown to partners. */
export const websocketUrl = (
  name: string,
  { what, fallback }: { what: string; fallback: string },
): Variable<string> => ({
  name,
  schema: parsed((raw) => {
    const url = new URL(urlWith(['wss:', 'ws:'])(raw));
    return url.username === '' && url.password === '' && !raw.includes('#') ? raw : refuse();
  }),
  mustBe: `${what}: a wss:// URL without credentials`,
  example: fallback,
  fallback,
});

const baseUrlOf = (text: string): string => {
  const url = new URL(urlWith(['https:', 'http:'])(text));
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') refuse();
  return url.origin + url.pathname.replace(/\/+$/, '');
};

/** Comma-separated http(s) URLs, without trailing slashes, query or credentials. At least one. */
export const httpUrls = (
  name: string,
  { what, fallback }: { what: string; fallback: string },
): Variable<readonly string[]> => ({
  name,
  schema: parsed((raw) => raw.split(',').map((entry) => baseUrlOf(entry.trim()))),
  mustBe: `${what}: http(s) URLs separated by commas`,
  example: fallback,
  fallback,
});

/** One such URL. Empty, the default, means that there is none. */
export const httpUrlOrNone = (
  name: string,
  { what, example }: { what: string; example: string },
): Variable<string | null> => ({
  name,
  schema: parsed((raw) => (raw === '' ? null : baseUrlOf(raw))),
  mustBe: `${what}: an http(s) URL without query and credentials, or empty for none`,
  example,
  fallback: '',
});

/** A secret that another program made. Empty, the default, means that there is none. */
export const secretOrNone = (name: string, what: string): Variable<string | null> => ({
  name,
  schema: z.string().transform((raw) => (raw === '' ? null : raw)),
  mustBe: `${what}, or empty for none`,
  example: 'secret',
  fallback: '',
  secret: true,
});

/** Comma-separated `name=URL`, each name one of a few. Empty, the default, means that there is none. */
export const namedUrls = (
  name: string,
  { names, what }: { names: readonly string[]; what: string },
): Variable<Readonly<Record<string, string>>> => ({
  name,
  schema: parsed((raw) => {
    const entries = raw === '' ? [] : raw.split(',').map((entry) => entry.trim());
    const urls = entries.map((entry): [string, string] => {
      const [, named = '', url = ''] = /^(\w+)=(.+)$/.exec(entry) ?? refuse();
      return names.includes(named) ? [named, baseUrlOf(url)] : refuse();
    });
    return new Set(urls.map(([named]) => named)).size === urls.length ? Object.fromEntries(urls) : refuse();
  }),
  mustBe: `${what}: name=URL pairs separated by commas, with a name of ${names.join(', ')}, or empty for none`,
  example: `${names[0] ?? ''}=http://127.0.0.1:4020`,
  fallback: '',
});

const isNetwork = (text: string): boolean => {
  const [address = '', prefix = '', ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits;
};

/** Comma-separated networks in CIDR notation. Empty, the default, means that there is none. */
export const networks = (name: string, what: string): Variable<readonly string[]> => ({
  name,
  schema: parsed((raw) => {
    const given = raw === '' ? [] : raw.split(',').map((entry) => entry.trim());
    return given.every(isNetwork) ? given : refuse();
  }),
  mustBe: `${what}: networks such as 10.0.0.0/8 separated by commas, or empty for none`,
  example: '10.0.0.0/8',
  fallback: '',
});

/** Comma-separated `host:port`. Empty, the default, means that there is none. */
export const brokerList = (name: string): Variable<readonly string[]> => ({
  name,
  schema: parsed((raw) => {
    if (raw === '') return [];
    const brokers = raw.split(',').map((broker) => broker.trim());
    return brokers.every((broker) => /^[^\s:/@]+:\d{1,5}$/.test(broker)) ? brokers : refuse();
  }),
  mustBe: 'Kafka brokers as host:port, separated by commas, or empty for no broker',
  example: '127.0.0.1:9092',
  fallback: '',
});

/** The content of a PEM file, read at start; null, the default, means that there is none. */
export const pemFile = (
  name: string,
  { what, example }: { what: string; example: string },
): Variable<string | null> => ({
  name,
  schema: parsed((path) => {
    if (path === '') return null;
    const content = readFileSync(path, 'utf8');
    return content.includes('-----BEGIN ') ? content : refuse();
  }),
  mustBe: `${what}: the path of a PEM file that this process can read, or empty for none`,
  example,
  fallback: '',
});

/** A text that is never printed; empty, the default, means that there is none. */
export const secretText = (name: string, what: string): Variable<string> => ({
  name,
  schema: z.string(),
  mustBe: what,
  example: '…',
  secret: true,
  fallback: '',
});

/** Random bytes in base64, at least 32. */
export const randomKey = (name: string, what: string): Variable<Buffer> => ({
  name,
  schema: parsed((raw) => {
    const bytes = Buffer.from(raw, 'base64');
    const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(raw);
    return isBase64 && bytes.length >= 32 ? bytes : refuse();
  }),
  mustBe: `${what}: at least 32 random bytes in base64`,
  example: '"$(openssl rand -base64 32)"',
  secret: true,
});

/** A ring of AES-256 keys. */
export const keyRing = (name: string, what: string): Variable<ReturnType<typeof parseKeyRing>> => ({
  name,
  schema: parsed(parseKeyRing),
  mustBe: `${what}: id:key pairs separated by commas, each key 32 random bytes in base64; the first encrypts, all decrypt`,
  example: '"k1:$(openssl rand -base64 32)"',
  secret: true,
});
