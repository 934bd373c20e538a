import type { IssueCode } from '@dialtone/contracts';
import type { CallEnd } from './failed-call';

/** What is broken, as it follows the number in a sentence. */
const ISSUES: Readonly<Record<IssueCode, string>> = {
  REMOTE_DID_DELETED: 'VoiceLink does not list the number any more',
  REMOTE_DID_EXPIRED: 'the number has expired at VoiceLink',
  NOT_IMPORTED: 'the number is not imported',
  NO_CLIENT_MAPPING: 'the number is not mapped to a client',
  NO_BOT: 'its client has no active bot',
  ROUTING_MISSING: 'its call routing is missing',
  ROUTING_CHANGED: 'its call routing goes elsewhere',
  NO_VOCOBASE_AGENT: 'no agent is assigned',
};

const CALLS: Readonly<Record<CallEnd, string>> = {
  failed: 'the call failed',
  no_answer: 'the call was not answered',
  busy: 'the called number was busy',
  canceled: 'the call was canceled',
};

/** Ways in which a drift ends without having been repaired. */
const ENDS: Readonly<Record<string, string>> = {
  fixed: 'in order again',
  disconnected: 'not watched any more: its connection was disconnected',
  other_connection: 'not watched here any more: another connection answers for it',
};

const WORDS: ReadonlyMap<string, string> = new Map([...Object.entries(ISSUES), ...Object.entries(CALLS)]);

/** A later version may have more codes: those are told as they are. */
export const wordsOf = (code: string): string => WORDS.get(code) ?? code;
export const endWordsOf = (how: string | null): string =>
  ENDS[how ?? 'fixed'] ?? `not watched any more: ${String(how)}`;
