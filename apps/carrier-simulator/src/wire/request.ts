import { asBody, type Body } from './fields';

/** A request to a carrier, as HTTP brought it. */
export interface CarrierRequest {
  readonly method: string;
  /** As it was sent: not decoded, without the query string. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a form or of JSON; empty when the body is neither. A form field that repeats is a list. */
  readonly body: Body;
  readonly encoding: 'form' | 'json' | 'other';
}

/** What the server leaves of a body: the simulator reads it by the rules of the carrier that it is for. */
export interface RawBody {
  readonly type: string;
  readonly text: string;
}

interface HttpParts {
  readonly method: string;
  /** With its query string. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export const readRequest = ({ method, url, headers }: HttpParts, raw: RawBody | undefined): CarrierRequest => {
  const [path = '/', query = ''] = url.split('?', 2);
  const flat = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value ?? '')]);
  return { method, path, query: new URLSearchParams(query), headers: Object.fromEntries(flat), ...readBody(raw) };
};

const readBody = (raw: RawBody | undefined): Pick<CarrierRequest, 'body' | 'encoding'> => {
  if (raw?.type.startsWith('application/x-www-form-urlencoded') === true)
    return { body: formOf(raw.text), encoding: 'form' };
  if (raw?.type.startsWith('application/json') === true) return { body: jsonOf(raw.text), encoding: 'json' };
  return { body: {}, encoding: 'other' };
};

const formOf = (text: string): Body => {
  const form = new URLSearchParams(text);
  const values = (name: string): unknown => {
    const all = form.getAll(name);
    return all.length === 1 ? all[0] : all;
  };
  return Object.fromEntries([...new Set(form.keys())].map((name) => [name, values(name)]));
};

/** An unreadable body counts as empty: the carrier then says which fields are missing. */
export const jsonOf = (text: string): Body => {
  try {
    return asBody(JSON.parse(text) as unknown);
  } catch {
    return {};
  }
};

/** The user and password of HTTP Basic; null without them. */
export const basicOf = ({ headers }: CarrierRequest): { readonly user: string; readonly password: string } | null => {
  const encoded = /^basic (.+)$/i.exec(headers['authorization'] ?? '')?.[1];
  if (encoded === undefined) return null;
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { user, password: rest.join(':') };
};

export const bearerOf = ({ headers }: CarrierRequest): string | null =>
  /^bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1] ?? null;

/** A field as text; "" when it was not sent or is no text. */
export const textOf = (body: Body, name: string): string => {
  const value = body[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
};

export const digitsOf = (number: string): string => number.replace(/\D/g, '');
