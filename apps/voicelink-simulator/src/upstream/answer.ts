import { type Behaviour } from '../world/behaviour';
import { type FieldErrors } from '../world/fields';
import { type WriteResult } from '../world/write-result';

/** One HTTP answer and its effect on the account. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** True when the call changed something. */
  readonly effect: boolean;
  /** Id of the record that a create made. */
  readonly createdId: number | null;
}

type Json = Readonly<Record<string, unknown>>;

const plain = (status: number, body: Json): Answer => ({ status, body, effect: false, createdId: null });

/** The success envelope (VoiceLink upstream notes §3.1). */
export const success = (data: unknown, behaviour: Behaviour, message = 'Success'): Answer => {
  const flag = behaviour.success_status === 'present' ? { status: true } : {};
  return plain(200, { ...flag, message, data });
};

export const unauthenticated: Answer = plain(401, { message: 'Unauthenticated.' });

/** An unknown route and a missing record look alike (§10.18). */
export const notFound = (message: string): Answer => plain(404, { message });

/** 422 in its two shapes with a field map (§3.3). */
export const invalid = (errors: FieldErrors, behaviour: Behaviour): Answer => {
  const message = 'The given data was invalid.';
  return plain(
    422,
    behaviour.validation_errors === 'errors' ? { message, errors } : { status: false, message, data: errors },
  );
};

/** `{status: false}` with any HTTP status: a business rule (422), a logical failure (200), a server error (500). */
export const failure = (status: number, message: string): Answer => plain(status, { status: false, message });

/** Creates answer 201, updates 200; the data is thin (§3.1). */
export const written = (result: WriteResult, behaviour: Behaviour): Answer => {
  switch (result.kind) {
    case 'created':
      return { ...success(result.data, behaviour, result.message), status: 201, effect: true, createdId: result.id };
    case 'done':
      return { ...success(result.data, behaviour, result.message), effect: true };
    case 'invalid':
      return invalid(result.errors, behaviour);
    case 'refused':
      return failure(422, result.message);
    case 'missing':
      return notFound(result.message);
  }
};
