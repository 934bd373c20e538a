import { type FieldErrors } from './fields';

/** VoiceLink's answer to a mutating call. Only `created` and `done` have changed anything. */
export type WriteResult =
  | {
      readonly kind: 'created';
      readonly message: string;
      readonly id: number;
      readonly data: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'done';
      readonly message: string;
      readonly id: number;
      readonly data: Readonly<Record<string, unknown>>;
    }
  /** 422 with a field map. */
  | { readonly kind: 'invalid'; readonly errors: FieldErrors }
  /** 422 with a sentence: a business rule. */
  | { readonly kind: 'refused'; readonly message: string }
  /** 404. */
  | { readonly kind: 'missing'; readonly message: string };

export const created = (
  message: string,
  id: number,
  data: Readonly<Record<string, unknown>> = { id },
): WriteResult => ({
  kind: 'created',
  message,
  id,
  data,
});

export const done = (message: string, id: number, data: Readonly<Record<string, unknown>> = { id }): WriteResult => ({
  kind: 'done',
  message,
  id,
  data,
});

export const refused = (message: string): WriteResult => ({ kind: 'refused', message });

export const missing = (what: string): WriteResult => ({ kind: 'missing', message: `${what} not found.` });
