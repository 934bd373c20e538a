import type { Precondition } from '@dialtone/engine';
import { ApiError, invalidInput } from '../errors/api-error';
import type { HttpRequest } from '../http-types';

const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const GENERATION = /^[1-9]\d{0,14}$/;
/** Matches no generation: generations start at 1. */
const NO_SUCH_GENERATION = 0;

/** ETag of a declaration: its generation. Covers the declaration, not the observed status beside it. */
export const etagOf = (generation: number): string => `"${String(generation)}"`;

const headerOf = (request: HttpRequest, name: string): string | null => {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value.join(', ') : value;
  return text === undefined || text.trim() === '' ? null : text.trim();
};

/** If-Match compares strongly (RFC 9110 §13.1.1): a weak or foreign tag is valid, and matches nothing. */
const parseIfMatch = (value: string): Precondition => {
  if (value === '*') return { kind: 'exists' };
  const tag = ENTITY_TAG.exec(value);
  if (tag === null) {
    throw invalidInput('If-Match', 'If-Match must be one ETag as this API returned it, for example "3", or *.');
  }
  const [, weak, opaque = ''] = tag;
  const known = weak === undefined && GENERATION.test(opaque);
  return { kind: 'generation', generation: known ? Number(opaque) : NO_SUCH_GENERATION };
};

/** The precondition of a writing request, from If-Match or `If-None-Match: *`. */
export const writePrecondition = (request: HttpRequest): Precondition => {
  const ifMatch = headerOf(request, 'if-match');
  const ifNoneMatch = headerOf(request, 'if-none-match');
  if (ifMatch !== null && ifNoneMatch !== null) {
    throw invalidInput('If-None-Match', 'If-Match and If-None-Match exclude each other: send one of them.');
  }
  if (ifMatch !== null) return parseIfMatch(ifMatch);
  if (ifNoneMatch === null) return { kind: 'none' };
  if (ifNoneMatch !== '*') {
    throw invalidInput('If-None-Match', 'If-None-Match of a write can only be *, which means: only create.');
  }
  return { kind: 'absent' };
};

/** True if the reader already has this generation (If-None-Match of a GET; weak comparison, lists and * allowed). */
export const isNotModified = (request: HttpRequest, generation: number): boolean => {
  const value = headerOf(request, 'if-none-match');
  if (value === null) return false;
  if (value === '*') return true;
  return value.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etagOf(generation));
};

/** 412 that tells the current generation. Null: there is no such declaration. */
export const preconditionFailed = (generation: number | null): ApiError =>
  new ApiError(
    'PRECONDITION_FAILED',
    generation === null
      ? 'The precondition failed: no binding is declared for this key.'
      : `The precondition failed: the current generation is ${String(generation)}, ETag ${etagOf(generation)}. Read the binding again and decide anew.`,
    { headers: generation === null ? {} : { etag: etagOf(generation) } },
  );
