import { createHmac } from 'node:crypto';
import { CARRIER_NAMES } from '@dialtone/carriers';
import type { PlacedCall } from '../../apps/api-gateway/test/placed-call';
import type { Prng } from '../../apps/voicelink-simulator/src/world/prng';

export interface RandomCallback {
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD' | 'DELETE';
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string | Buffer;
}

const TOKEN_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('');
const TYPES = [
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-8',
  'application/json',
  'multipart/form-data; boundary=b',
  'multipart/form-data',
  'text/xml',
  'application/octet-stream',
  'x',
];
const STATES = ['ringing', 'in-progress', 'answered', 'completed', 'busy', 'failed', 'no-answer', 'canceled', ''];
const NAMES = [
  ...['CallStatus', 'CallSid', 'CallUUID', 'Event', 'EventType', 'Status', 'Timestamp', 'CallDuration', 'Duration'],
  ...['call_status', 'end_stamp', 'custom_identifier', 'dialStatus', 'endTime', 'refid', 'tag', 'data', '$call_status'],
  ...['__proto__', 'constructor', 'toString', '', 'bodySHA256', 'CustomField', 'call_sid', 'HangupCause'],
];
const VALUES = [
  ...STATES,
  '0',
  '-1',
  '9e99',
  '2026-11-30 08:00:00',
  'ANSWER',
  'Hangup',
  '\u0000',
  '%',
  '𝒳',
  '{}',
  'null',
];
const NESTED = ['[', '{"a":', '[{"":'];
const QUERIES = ['', '?', '?call=1', '?CallStatus=completed', '?a=%00&b=%ff', '?&&==', '?__proto__=1', '?bodySHA256=0'];

/** Makes callbacks that no carrier has sent: without a call's token, or without its carrier's signature. */
export class RandomCallbacks {
  constructor(
    private readonly prng: Prng,
    /** `signed`: their carriers sign, so that the right token alone changes nothing. */
    private readonly calls: { readonly signed: readonly PlacedCall[]; readonly unsigned: readonly PlacedCall[] },
  ) {}

  next(): RandomCallback {
    const { provider, token } = this.addressee();
    const kind = this.chance(0.95) ? this.prng.pick(['answer', 'status']) : this.text(8);
    const [type, payload] = this.body();
    const method = this.chance(0.8) ? 'POST' : this.prng.pick(['GET', 'PUT', 'HEAD', 'DELETE'] as const);
    return {
      method,
      url: `/callbacks/${provider}/${token}/${kind}${this.prng.pick(QUERIES)}`,
      headers: { ...(type !== null && { 'content-type': type }), ...this.signatures(payload.toString()) },
      ...(method !== 'GET' && method !== 'HEAD' && { payload }),
    };
  }

  private addressee(): { readonly provider: string; readonly token: string } {
    const { signed, unsigned } = this.calls;
    const call = this.prng.pick([...signed, ...unsigned]);
    switch (this.prng.int(5)) {
      case 0:
        return { provider: this.prng.pick(CARRIER_NAMES), token: this.text(43) };
      case 1:
        return { provider: call.provider, token: this.damaged(call.token) };
      case 2:
        return { provider: this.prng.pick(CARRIER_NAMES.filter((name) => name !== call.provider)), token: call.token };
      case 3:
        return { provider: this.text(10), token: this.text(this.prng.int(201)) };
      default:
        return this.prng.pick(signed);
    }
  }

  private damaged(token: string): string {
    const at = this.prng.int(token.length);
    const others = TOKEN_LETTERS.filter((letter) => letter !== token[at]);
    return token.slice(0, at) + this.prng.pick(others) + token.slice(at + 1);
  }

  /** Well formed, by a key that no connection has. */
  private signatures(body: string): Readonly<Record<string, string>> {
    const sign = (algorithm: string) => createHmac(algorithm, 'guess').update(body).digest('base64');
    const seconds = String(Math.floor(Date.now() / 1000));
    const all = {
      'x-twilio-signature': sign('sha1'),
      'x-plivo-signature-v3': `${sign('sha256')},${this.text(44)}`,
      'x-plivo-signature-v3-nonce': this.text(20),
      'x-vobiz-signature-v3': sign('sha256'),
      'x-vobiz-signature-v3-nonce': '1',
      'jambonz-signature': `t=${seconds},v1=${createHmac('sha256', 'guess').update(`${seconds}.${body}`).digest('hex')}`,
      'content-encoding': this.text(4),
    };
    return Object.fromEntries(Object.entries(all).filter(() => this.chance(0.4)));
  }

  private body(): readonly [type: string | null, payload: string | Buffer] {
    const type = this.chance(0.9) ? this.prng.pick(TYPES) : null;
    const fields = Array.from({ length: this.prng.int(7) }, (): [string, string] => [
      this.prng.pick(NAMES),
      this.prng.pick(VALUES),
    ]);
    switch (this.prng.int(8)) {
      case 0:
        return [type, JSON.stringify(Object.fromEntries(fields))];
      case 1:
        return [type, this.prng.pick(NESTED).repeat(1 + this.prng.int(5_000))];
      case 2:
        return [type, Buffer.from(Array.from({ length: this.prng.int(61) }, () => this.prng.int(256)))];
      case 3:
        return [type, fields.map(([name, value]) => `--b\r\nx; name="${name}"\r\n\r\n${value}\r\n`).join('')];
      case 4:
        return [type, this.chance(0.2) ? 'x'.repeat(70_000) : ''];
      default:
        return [TYPES[0] ?? null, new URLSearchParams(fields).toString()];
    }
  }

  private text(length: number): string {
    return Array.from({ length }, () => this.prng.pick(TOKEN_LETTERS)).join('');
  }

  private chance(share: number): boolean {
    return this.prng.next() < share;
  }
}
