import type { Release } from '@dialtone/domain';
import type { ExplanationFacts, Statement } from './explanation';
import { authorText, timeText } from './explanation';

const ENDINGS: Readonly<Record<Release, string>> = {
  unassign_agent: 'its agent is taken from it in the local inventory',
  outbound_off: 'its outbound calls are switched off in VoiceLink',
};

/** That its declaration is withdrawn, by whom, and what is undone before it ends. Null: it stands. */
export const withdrawal = ({ releasing, history }: ExplanationFacts): Statement | null => {
  if (releasing === null) return null;
  const entry = history.find(({ kind, after }) => kind === 'declaration_updated' && after?.['releasing'] !== undefined);
  const by = entry === undefined ? '' : ` by ${authorText(entry)}, at ${timeText(entry.at)}`;
  return {
    topic: 'withdrawal',
    text: `Its declaration was withdrawn${by}, and ends when ${ENDINGS[releasing]}.`,
    entries: entry === undefined ? [] : [entry],
  };
};

/** What a person may do about a release that cannot go on. */
export const RELEASE_REMEDY =
  'To end it without the release, withdraw the number with release=keep; to keep the number, declare it again.';
