import type { CarrierHttp } from '../http/carrier-http';
import { failureOf } from '../http/outcomes';
import { at, digitsOf, listOf, segment, textIn } from '../http/read';
import {
  isSamePointer,
  type InboundPointing,
  type InboundTarget,
  type Pointer,
  type PointerReading,
  type PointerWrite,
  type PreparedTarget,
} from '../pointing/pointing';
import { secretsOfUrl, shownUrl } from '../pointing/shown-url';

/** The fields of a number that decide where its calls go: a trunk or an application wins over the URL. */
const pointerOf = (row: unknown): Pointer => ({
  voice_url: textIn(row, 'voice_url'),
  voice_method: textIn(row, 'voice_method') ?? 'POST',
  voice_application_sid: textIn(row, 'voice_application_sid'),
  trunk_sid: textIn(row, 'trunk_sid'),
});

/** https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource */
export class TwilioPointing implements InboundPointing {
  constructor(
    private readonly http: CarrierHttp,
    /** The path of the account. */
    private readonly account: string,
  ) {}

  async read(number: string): Promise<PointerReading> {
    const reply = await this.http.send({
      what: 'read a number',
      method: 'GET',
      path: `${this.account}/IncomingPhoneNumbers.json`,
      query: { PhoneNumber: number },
      keepsBody: true,
    });
    if (reply.kind !== 'ok') return { kind: 'failed', failure: reply.failure };
    const rows = listOf(at(reply.body, 'incoming_phone_numbers'));
    if (rows === null)
      return { kind: 'failed', failure: failureOf('unavailable', reply.status, 'the answer is no list of numbers') };
    // The filter also finds numbers that only contain this one.
    const row = rows.find((one) => digitsOf(textIn(one, 'phone_number') ?? '') === digitsOf(number));
    const id = textIn(row, 'sid');
    return row === undefined || id === null ? { kind: 'absent' } : { kind: 'read', id, pointer: pointerOf(row) };
  }

  describe({
    trunk_sid: trunk = null,
    voice_application_sid: application = null,
    voice_url: url = null,
  }: Pointer): Promise<string | null> {
    if (trunk !== null) return Promise.resolve(`trunk ${trunk}`);
    if (application !== null) return Promise.resolve(`application ${application}`);
    return Promise.resolve(url === null ? null : shownUrl(url));
  }

  prepare({ url }: InboundTarget): Promise<PreparedTarget> {
    const pointer = { voice_url: url, voice_method: 'POST', voice_application_sid: null, trunk_sid: null };
    return Promise.resolve({ kind: 'ready', pointer });
  }

  async write({
    id,
    from,
    to,
  }: {
    readonly id: string;
    readonly from: Pointer;
    readonly to: Pointer;
  }): Promise<PointerWrite> {
    const reply = await this.http.send(
      {
        what: 'point a number',
        method: 'POST',
        path: `${this.account}/IncomingPhoneNumbers/${segment(id)}.json`,
        form: formOf(from, to),
        keepsBody: true,
      },
      [from, to].flatMap((one) => secretsOfUrl(one['voice_url'] ?? null)),
    );
    if (reply.kind !== 'ok') return reply;
    const shown = pointerOf(reply.body);
    if (isSamePointer(shown, to)) return { kind: 'written' };
    // The URL may be stored, and a trunk or an application still wins.
    const kept = Object.keys(to).filter((name) => shown[name] !== to[name]);
    const failure = failureOf('rejected', reply.status, `Twilio: point a number: it keeps its ${kept.join(', ')}`);
    return { kind: 'refused', failure };
  }
}

const FIELDS = {
  voice_application_sid: 'VoiceApplicationSid',
  trunk_sid: 'TrunkSid',
} as const;

/** A trunk or an application is named only where it changes; an empty text removes it. */
const formOf = (from: Pointer, to: Pointer): readonly (readonly [string, string])[] => [
  ['VoiceUrl', to['voice_url'] ?? ''],
  ['VoiceMethod', to['voice_method'] ?? 'POST'],
  ...Object.entries(FIELDS)
    .filter(([kept]) => from[kept] !== to[kept])
    .map(([kept, sent]): [string, string] => [sent, to[kept] ?? '']),
];
