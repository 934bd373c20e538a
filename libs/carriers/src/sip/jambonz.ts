import type { SipGateway } from '../carrier-spec';
import type { CallOrder, CallState } from '../port';
import { CarrierHttp, type Dialling } from '../http/carrier-http';
import type { Reply } from '../http/classify';
import type { ReadState } from '../http/outcomes';
import { secondsIn, segment, textIn } from '../http/read';

const STATES: Readonly<Record<string, CallState>> = {
  queued: 'pending',
  trying: 'pending',
  ringing: 'ringing',
  alerting: 'ringing',
  'early-media': 'ringing',
  'in-progress': 'in_progress',
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no_answer',
  failed: 'failed',
};

/** The REST API of a jambonz media gateway. */
export class Jambonz {
  private readonly http: CarrierHttp;
  private readonly calls: string;

  constructor({ url, account, key }: SipGateway, dialling: Dialling, secrets: readonly string[]) {
    const headers = { authorization: `Bearer ${key}` };
    this.http = new CarrierHttp({ label: 'SIP gateway', baseUrl: url, headers, secrets: [key, ...secrets] }, dialling);
    this.calls = `/v1/Accounts/${segment(account)}/Calls`;
  }

  place(order: CallOrder, body: Readonly<Record<string, unknown>>): Promise<Reply> {
    return this.http.place(order, { path: this.calls, json: body });
  }

  read(sid: string): Promise<Reply> {
    return this.http.send({ what: 'read a call', method: 'GET', path: `${this.calls}/${segment(sid)}` });
  }

  end(sid: string): Promise<Reply> {
    const json = { call_status: 'completed' };
    return this.http.send({ what: 'end a call', method: 'POST', path: `${this.calls}/${segment(sid)}`, json });
  }
}

export const jambonzState = (body: unknown): ReadState | null => {
  const state = STATES[textIn(body, 'call_status') ?? ''];
  if (state === undefined) return null;
  const sip = textIn(body, 'sip_status');
  const reason = state === 'failed' && sip !== null ? `SIP ${sip}` : null;
  return { state, durationSeconds: secondsIn(body, 'duration'), reason };
};
