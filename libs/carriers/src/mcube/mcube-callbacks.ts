import { asJson, type CallbackFields, type CallbackSpec } from '../callbacks/callback';
import { mediaUrlWith } from '../callbacks/media-url';
import { indianTime } from '../callbacks/times';
import { textIn } from '../http/read';
import type { CallState } from '../port';

/** An older form of the same fields is spelled in lower case. */
const lower = (fields: CallbackFields): CallbackFields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));

/** "EXECUTIVE BUSY" is the agent's leg. */
const STATES: Readonly<Record<string, CallState>> = {
  connecting: 'pending',
  busy: 'busy',
  cancel: 'canceled',
  noanswer: 'no_answer',
};

const statusIn = (row: CallbackFields): string =>
  (textIn(row, 'dialstatus') ?? '').toLowerCase().replace(/[^a-z]/g, '');

const secondsBetween = (from: Date | null, to: Date | null): number | null =>
  from === null || to === null || from > to ? null : (to.getTime() - from.getTime()) / 1000;

const OK = asJson({ status: 'ok' });

/** One hook asks where an answered call goes, and tells how it went. No page of MCube describes it. */
export const mcubeCallbacks: CallbackSpec = {
  prove: () => 'none',
  hear: (fields) => {
    const row = lower(fields);
    const status = statusIn(row);
    if (status === '') return null;
    const [answered, ended] = [indianTime(textIn(row, 'answeredtime')), indianTime(textIn(row, 'endtime'))];
    const isOver = textIn(row, 'endtime') !== null && !/^0000/.test(textIn(row, 'endtime') ?? '');
    const state = status === 'answer' ? (isOver ? 'completed' : 'in_progress') : (STATES[status] ?? 'failed');
    return {
      state,
      at: state === 'in_progress' ? answered : ended,
      carrierId: textIn(row, 'callid'),
      callId: textIn(row, 'refid'),
      durationSeconds: state === 'completed' ? secondsBetween(answered, ended) : null,
      reason: state === 'failed' ? textIn(row, 'dialstatus') : null,
    };
  },
  handOver: (handover, fields) =>
    ['', 'connecting'].includes(statusIn(lower(fields))) ? asJson({ wss_url: mediaUrlWith(handover) }) : OK,
  hangUp: OK,
  acknowledgement: OK,
};
