import { recordOf } from '../http/read';
import type { CallbackFields, CallbackRequest } from './callback';

export type Pair = readonly [name: string, value: string];

export const headerOf = ({ headers }: Pick<CallbackRequest, 'headers'>, name: string): string | null => {
  const value = headers[name];
  // Two headers of one name are one list in HTTP.
  const text = typeof value === 'string' ? value : (value?.join(',') ?? '');
  return text === '' ? null : text;
};

/** A form or a query, in the order of the text. */
export const pairsOf = (text: string): readonly Pair[] => [...new URLSearchParams(text)];

export const queryOf = (url: string): string => {
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
};

const typeOf = (request: CallbackRequest): string => (headerOf(request, 'content-type') ?? '').toLowerCase();

/** Whether the body is a form, which is what signatures cover by name and value; one of no type counts. */
export const isForm = (request: CallbackRequest): boolean =>
  /^$|^application\/x-www-form-urlencoded\b/.test(typeOf(request));

/** All that a request says, whatever its form: Exotel alone sends forms, multipart and JSON. The first of equal names counts, those of the body before the query. */
export const fieldsOf = (request: CallbackRequest): CallbackFields => ({
  ...byName(pairsOf(queryOf(request.url))),
  ...bodyFields(request),
});

const bodyFields = (request: CallbackRequest): CallbackFields => {
  const { body } = request;
  if (typeOf(request).startsWith('multipart/')) return byName(partsOf(body, boundaryOf(request)));
  return /^\s*[{[]/.test(body) ? recordOf(jsonOf(body)) : byName(pairsOf(body));
};

/** Not through `typeOf`: a boundary is spelled exactly. */
const boundaryOf = (request: CallbackRequest): string =>
  /boundary="?([^";,]+)/i.exec(headerOf(request, 'content-type') ?? '')?.[1] ?? '';

const byName = (pairs: readonly Pair[]): CallbackFields => Object.fromEntries([...pairs].reverse());

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** The fields of multipart/form-data; files are fields like others. */
const partsOf = (body: string, boundary: string): readonly Pair[] =>
  boundary === ''
    ? []
    : body.split(`--${boundary}`).flatMap((part): Pair[] => {
        const end = part.indexOf('\r\n\r\n');
        const name = /;\s*name="([^"]*)"/i.exec(part.slice(0, end))?.[1];
        return end === -1 || name === undefined ? [] : [[name, part.slice(end + 4).replace(/\r\n$/, '')]];
      });
