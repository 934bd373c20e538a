import type {
  CallOrder,
  CallReading,
  Carrier,
  CarrierFailure,
  Ending,
  NumberListing,
  Placement,
  Verdict,
} from '../port';
import type { CarrierSpec } from '../carrier-spec';
import { CarrierHttp } from '../http/carrier-http';
import { saidIn, type RefusalIn } from '../http/classify';
import { endingOf, notConfigured, placementOf } from '../http/outcomes';
import { digitsOf, recordOf, textIn } from '../http/read';
import { tokenState } from './jwt';
import { mcubeCallbacks } from './mcube-callbacks';

/** MCube refuses inside of an answer 200. */
const refusalIn: RefusalIn = (body) => {
  const status = recordOf(body)['status'];
  return status === false || status === 'false'
    ? (textIn(body, 'msg', 'message') ?? saidIn(body) ?? 'no message')
    : null;
};

const rejected = (message: string): CarrierFailure => notConfigured(message, 'rejected');

const EXPIRED = rejected('MCube: jwt_token has expired: make a new one in the MCube panel');
const UNREADABLE = rejected('MCube: jwt_token is no JSON Web Token, so MCube will hardly take it: copy it again');
const FOREIGN = rejected('MCube: only Indian numbers (+91 and ten digits) can be called');

/** Ten digits of an Indian number; null for any other, which MCube would take for another number in India. */
const national = (number: string): string | null => /^\+91(\d{10})$/.exec(number)?.[1] ?? null;

class MCube implements Carrier {
  constructor(
    private readonly http: CarrierHttp,
    private readonly hangUp: CarrierHttp,
    private readonly token: string,
  ) {}

  /** MCube has no request that would tell without a call. A token tells by itself when it has expired. */
  verify(): Promise<Verdict> {
    switch (tokenState(this.token, Date.now())) {
      case 'expired':
        return Promise.resolve({ kind: 'refused', failure: EXPIRED });
      case 'unreadable':
        return Promise.resolve({ kind: 'unknown', failure: UNREADABLE });
      case 'good':
        return Promise.resolve({ kind: 'unverifiable' });
    }
  }

  listNumbers(): Promise<NumberListing> {
    return Promise.resolve({ kind: 'unsupported' });
  }

  async placeCall(order: CallOrder): Promise<Placement> {
    const custnumber = national(order.to);
    if (custnumber === null) return { kind: 'refused', failure: FOREIGN };
    const reply = await this.http.place(order, {
      path: '/outbound-calls-websocket',
      json: {
        HTTP_AUTHORIZATION: this.token,
        exenumber: digitsOf(order.callerId.replace(/^(?:\+91|0)/, '')),
        custnumber,
        refurl: order.answerUrl,
        refid: order.callId,
      },
    });
    return placementOf(reply, (body) => textIn(body, 'callid', 'callId', 'call_id'));
  }

  readCall(): Promise<CallReading> {
    return Promise.resolve({ kind: 'unsupported' });
  }

  async endCall(carrierId: string): Promise<Ending> {
    const json = { token: this.token, callid: carrierId };
    const path = '/hangup-api/call-release';
    return endingOf(await this.hangUp.send({ what: 'end a call', method: 'POST', path, json }));
  }
}

/** Calls are ended at another host than they are placed at. */
const HANG_UP_ORIGIN = 'https://config.mcube.com';

/** docs/carriers/mcube.md */
export const mcube: CarrierSpec = {
  label: 'MCube',
  baseUrlOf: () => 'https://api.mcube.com/Restmcube-api',
  login: ['jwt_token'],
  isGuessable: false,
  callbacks: mcubeCallbacks,
  open: ({ field, baseUrl, isElsewhere, dialling }) => {
    const token = field('jwt_token');
    const account = { label: 'MCube', secrets: [token], refusalIn };
    const hangUp = { ...account, baseUrl: isElsewhere ? new URL(baseUrl).origin : HANG_UP_ORIGIN };
    return new MCube(new CarrierHttp({ ...account, baseUrl }, dialling), new CarrierHttp(hangUp, dialling), token);
  },
};
