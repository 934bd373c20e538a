import { firstOf, isRecord, toText } from './scalars';

/**
 * The id of the reseller whose account an answer of `GET /v1/auth/user` is about. The record is not documented (VoiceLink upstream
 * notes §2, §9.3): only a field that is called after the reseller counts, wherever it stands. The user's own id says nothing about
 * other users of the account. Null: the answer does not say.
 */
export const readResellerId = (body: unknown): string | null => {
  const data = fieldOf(body, 'data') ?? body;
  const users = [data, fieldOf(data, 'user'), fieldOf(body, 'user')];
  const named = users.flatMap((user) => [fieldOf(user, 'reseller_id'), fieldOf(fieldOf(user, 'reseller'), 'id')]);
  const id = firstOf(toText, ...named)?.trim() ?? '';
  // 0 and "" stand for none (VoiceLink upstream notes §10.12).
  return id === '' || /^0+$/.test(id) ? null : id;
};

const fieldOf = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);
