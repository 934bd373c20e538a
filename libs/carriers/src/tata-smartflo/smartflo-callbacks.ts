import { asJson, NOTHING, type CallbackFields, type CallbackSpec } from '../callbacks/callback';
import { mediaUrlWith } from '../callbacks/media-url';
import { indianTime } from '../callbacks/times';
import type { ReadState } from '../http/outcomes';
import { recordOf, textIn } from '../http/read';
import { overState } from './smartflo-states';

/** The portal names variables with a `$` or without, and may put them below `data` or `event`. A variable without a value stays as it is spelled. */
const plain = (fields: CallbackFields): CallbackFields =>
  Object.fromEntries(
    Object.entries({ ...fields, ...recordOf(fields['data']), ...recordOf(fields['event']) })
      .filter(([, value]) => !(typeof value === 'string' && value.startsWith('$')))
      .map(([name, value]) => [name.replace(/^\$/, ''), value]),
  );

const unfinished = (said: string): ReadState | null => {
  if (/missed|no.?answer|busy|cancel|fail/i.test(said)) return overState({ call_status: said });
  // The agent's own phone is the first one that is answered.
  if (/agent|ring|receiv|dial|progress/i.test(said)) return { state: 'ringing', durationSeconds: null, reason: null };
  return /answer/i.test(said) ? { state: 'in_progress', durationSeconds: null, reason: null } : null;
};

const stateIn = (row: CallbackFields): ReadState | null => {
  const said = textIn(row, 'call_status', 'status');
  const isOver = textIn(row, 'end_stamp', 'hangup_cause', 'hangupcause_code', 'hangupcause_key') !== null;
  if (!isOver) return said === null ? null : unfinished(said);
  return overState({ call_status: textIn(row, 'answer_stamp') === null ? 'missed' : 'answered', ...row });
};

/** https://docs.smartflo.tatatelebusiness.com: webhooks are set up in the portal, with fields that are chosen there. */
export const smartfloCallbacks: CallbackSpec = {
  prove: () => 'none',
  hear: (fields) => {
    const row = plain(fields);
    const found = stateIn(row);
    if (found === null) return null;
    const time = found.state === 'in_progress' ? 'answer_stamp' : 'end_stamp';
    return {
      ...found,
      at: indianTime(textIn(row, time)),
      carrierId: textIn(row, 'ref_id', 'call_id', 'uuid'),
      callId: textIn(row, 'custom_identifier'),
    };
  },
  handOver: (handover) => asJson({ success: true, wss_url: mediaUrlWith(handover) }),
  hangUp: asJson({ success: false, message: 'the call is over' }),
  acknowledgement: NOTHING,
};
