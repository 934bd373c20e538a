import type { RemoteDid, UnreadableFact } from '@dialtone/domain';
import { parseExpiry } from './expiry';
import {
  readExpiredInStatus,
  readExpiredInUserStatus,
  readExpiredMark,
  UNREADABLE,
  type Meaning,
  type Reading,
} from './meanings';
import type { RowReader } from './row-reader';

type Expiry = Pick<RemoteDid, 'isExpired' | 'expiresAt'>;

/** Fields beside `is_expired` that may say that a DID is expired (VoiceLink upstream notes §10.15). */
const WORDS: readonly (readonly [name: string, meaning: Meaning<boolean>])[] = [
  ['user_status', readExpiredInUserStatus],
  ['user_status_label', readExpiredInStatus],
  ['status_label', readExpiredInStatus],
  ['status', readExpiredInStatus],
];

/**
 * Whether and when a DID expires. Any mark of expiry counts: which one wins when they disagree is unknown (§10.15). Then
 * `is_expired` decides, then the date; where one of them cannot be read, nothing after it decides. A word that is not understood
 * leaves open what neither of them, and no other word, answers.
 */
export const readExpiry = (reader: RowReader<UnreadableFact<RemoteDid>>, offset: string): Expiry => {
  const mark = readExpiredMark(reader.raw['is_expired']);
  const date = parseExpiry(reader.raw['expiry_date'], offset);
  const said = WORDS.map(([name, meaning]): Said => [name, meaning(reader.raw[name])]);
  const expiresAt = date === UNREADABLE ? null : date;
  const unread = unreadOf([
    ['is_expired', mark],
    ['expiry_date', date],
  ]);
  const isMarked = mark === true || said.some(([, expired]) => expired === true);
  if (isMarked || mark === false) {
    for (const name of unread) reader.isOdd(name);
    return { isExpired: isMarked, expiresAt };
  }
  const open = unread.length > 0 || expiresAt !== null ? unread : unclear(said);
  if (open.length > 0) reader.isUnknown('expiry', ...open);
  return { isExpired: null, expiresAt };
};

type Said = readonly [name: string, reading: Reading<unknown>];

const unreadOf = (said: readonly Said[]): readonly string[] =>
  said.filter(([, reading]) => reading === UNREADABLE).map(([name]) => name);

/** Words that may say "expired" where no other word says anything else. */
const unclear = (said: readonly Said[]): readonly string[] =>
  said.some(([, expired]) => expired === false) ? [] : unreadOf(said);
