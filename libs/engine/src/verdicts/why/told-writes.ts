import type { HistoryRecord } from '../../ports/history';
import type { WriteState } from '../../ports/journal';

const ACTS: Readonly<Record<string, (id: string) => string>> = {
  map: (id) => `to map the number (did_id ${id}) to a client`,
  'bot-create': (id) => `to create a bot for client ${id}`,
  'bot-update': (id) => `to change bot ${id}`,
  'routing-create': (id) => `to create the routing of the number (did_id ${id})`,
  'routing-update': (id) => `to change routing ${id}`,
  'client-create': (id) => `to create the client ${id}`,
  'client-update': (id) => `to change client ${id}`,
};

const OUTCOMES: Readonly<Record<WriteState, string>> = {
  pending: 'its answer is still open',
  done: 'VoiceLink did it',
  failed: 'VoiceLink did not do it',
  unknown: 'no answer came, so whether VoiceLink did it is not known yet',
  applied: 'no answer came, and a later list showed that VoiceLink did it',
  not_applied: 'no answer came, and a later list showed that VoiceLink did not do it',
};

/** What a write asked VoiceLink for. */
export const writeText = ({ after }: HistoryRecord): string => {
  const target = String(after?.['target']);
  const at = target.indexOf(':');
  return ACTS[target.slice(0, at)]?.(target.slice(at + 1)) ?? target;
};

/** What became of it. */
export const writeOutcomeText = ({ outcomes, answer }: HistoryRecord): string => {
  const outcome = outcomes.at(-1)?.outcome ?? 'pending';
  const said = answer?.['message'];
  const isTold = outcome === 'failed' && typeof said === 'string' && said !== '';
  return `${OUTCOMES[outcome]}${isTold ? `: ${said}` : ''}`;
};

/** It changed something in VoiceLink, or may have. */
export const mayHaveChanged = ({ outcomes }: HistoryRecord): boolean => {
  const outcome = outcomes.at(-1)?.outcome;
  return outcome !== 'failed' && outcome !== 'not_applied';
};
