import type { Message } from '../carriers/carrier-model';

/** What the customer's server said; null: nothing, in time. */
export type Reply = { readonly status: number; readonly text: string } | null;

/** As long as the carriers wait for a document. */
const TIMEOUT_MS = 15_000;

/** Sends one request as a carrier does, follows no redirect, and never rejects. `isForged`: the signature is of other bytes. */
export const sendMessage = async (message: Message, isForged: boolean): Promise<Reply> => {
  const { url, init } = written(message, isForged);
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, text: await response.text() };
  } catch {
    return null;
  }
};

const written = (message: Message, isForged: boolean): { readonly url: string; readonly init: RequestInit } => {
  const { method, encoding, fields } = message;
  const url = method === 'GET' ? withQuery(message.url, fields) : message.url;
  const body = method === 'GET' ? '' : encoding === 'json' ? JSON.stringify(fields) : formOf(fields).toString();
  const signed = message.sign({ url: isForged ? `${url}x` : url, body: isForged ? `${body}x` : body });
  if (method === 'GET') return { url, init: { method, headers: signed } };
  if (encoding === 'multipart') return { url, init: { method, headers: signed, body: multipartOf(fields) } };
  const type = encoding === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  return { url, init: { method, headers: { ...signed, 'content-type': type }, body } };
};

const texts = (fields: Message['fields']): [string, string][] =>
  Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);

const formOf = (fields: Message['fields']): URLSearchParams => new URLSearchParams(texts(fields));

const multipartOf = (fields: Message['fields']): FormData => {
  const form = new FormData();
  for (const [name, value] of texts(fields)) form.append(name, value);
  return form;
};

const withQuery = (url: string, fields: Message['fields']): string =>
  `${url}${url.includes('?') ? '&' : '?'}${formOf(fields).toString()}`;
