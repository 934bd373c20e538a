import { hiderOf } from '@dialtone/domain';
import type { UpstreamErrorClass } from '@dialtone/engine';
import { ReceivedBody, type WireAnswer } from '@dialtone/wire';
import { classify, readAnswer, type CallOutcome } from './classify';

const FACTS = {
  endpoint: 'POST /v1/x',
  mutating: true,
  hide: hiderOf(['s3cret']),
  now: Date.parse('2026-11-21T10:00:00Z'),
};
const answer = (status: number, body: unknown, headers: Record<string, string> = {}): WireAnswer => ({
  kind: 'answer',
  status,
  headers,
  body: ReceivedBody.of(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))),
});
const HTML = '<html>gateway</html>';
const NO_ANSWER: WireAnswer = { kind: 'no_answer', sent: true, timedOut: false, reason: 'connection failed' };
const said = (outcome: CallOutcome): string =>
  outcome.kind === 'ok' ? 'ok' : `${outcome.kind} ${outcome.failure.class}`;

describe('classify', () => {
  it.each<{
    status: number;
    json: `${'refused' | 'unknown'} ${UpstreamErrorClass}`;
    html: `${'refused' | 'unknown'} ${UpstreamErrorClass}`;
  }>([
    { status: 302, json: 'unknown unavailable', html: 'unknown unavailable' },
    { status: 400, json: 'refused rejected', html: 'refused unavailable' },
    { status: 401, json: 'refused unauthorized', html: 'refused unauthorized' },
    { status: 403, json: 'refused unauthorized', html: 'refused unavailable' },
    { status: 404, json: 'refused not_found', html: 'refused not_found' },
    { status: 408, json: 'unknown unavailable', html: 'unknown unavailable' },
    { status: 409, json: 'refused rejected', html: 'refused unavailable' },
    { status: 422, json: 'refused rejected', html: 'refused unavailable' },
    { status: 429, json: 'refused rate_limited', html: 'refused rate_limited' },
    { status: 500, json: 'unknown unavailable', html: 'unknown unavailable' },
    { status: 502, json: 'unknown unavailable', html: 'unknown unavailable' },
    { status: 503, json: 'unknown unavailable', html: 'unknown unavailable' },
    { status: 599, json: 'unknown unavailable', html: 'unknown unavailable' },
  ])('calls a write answered with $status: $json, or without JSON: $html', ({ status, json, html }) => {
    expect(said(classify(answer(status, { message: 'm' }), FACTS))).toBe(json);
    expect(said(classify(answer(status, HTML), FACTS))).toBe(html);
  });

  it.each([
    { name: 'an envelope', status: 200, body: { status: true, data: [] }, want: 'ok' },
    { name: 'no status in it', status: 201, body: { data: { id: 1 } }, want: 'ok' },
    { name: 'no content', status: 204, body: '', want: 'ok' },
    { name: 'status:false', status: 200, body: { status: false, message: 'm' }, want: 'refused rejected' },
    { name: 'HTML', status: 200, body: HTML, want: 'unknown unavailable' },
    { name: 'nothing at all', status: 200, body: '', want: 'unknown unavailable' },
    { name: 'half a body', status: 200, body: '{"status":tr', want: 'unknown unavailable' },
    { name: 'a mere false', status: 200, body: 'false', want: 'unknown unavailable' },
    { name: 'a mere text', status: 200, body: '"done"', want: 'unknown unavailable' },
    { name: 'null', status: 200, body: 'null', want: 'ok' },
  ])('calls a write answered with 2xx and $name: $want', ({ status, body, want }) => {
    expect(said(classify(answer(status, body), FACTS))).toBe(want);
  });

  it.each<{ name: string; given: WireAnswer; want: string }>([
    { name: 'a success', given: answer(200, { a: 1 }), want: 'ok ["read"]' },
    { name: 'no content', given: answer(204, ''), want: 'ok null' },
    { name: 'a refusal', given: answer(422, { message: 'm' }), want: 'refused rejected' },
    { name: 'no answer', given: NO_ANSWER, want: 'refused unavailable' },
  ])('has the body of $name as it was read, if that is one', async ({ given, want }) => {
    const outcome = classify(given, {
      ...FACTS,
      mutating: false,
      ...(await readAnswer(given, () => Promise.resolve(['read']))),
    });
    expect(said(outcome) + (outcome.kind === 'ok' ? ` ${JSON.stringify(outcome.body)}` : '')).toBe(want);
  });

  it('parses what was not read', async () => {
    const given = answer(200, HTML);
    const read = await readAnswer(given, () => Promise.resolve(undefined));
    expect(said(classify(given, { ...FACTS, ...read }))).toBe('unknown unavailable');
  });

  it('never calls a read unknown', () => {
    const read = { ...FACTS, mutating: false };
    const answers: WireAnswer[] = [answer(500, {}), answer(200, HTML), NO_ANSWER];
    expect(answers.map((one) => said(classify(one, read)))).toEqual(Array(3).fill('refused unavailable'));
  });

  it.each([
    { sent: true, want: 'unknown unavailable' },
    { sent: false, want: 'refused unavailable' },
  ])('calls a write without answer $want when sent is $sent', ({ sent, want }) => {
    expect(said(classify({ ...NO_ANSWER, sent }, FACTS))).toBe(want);
  });

  it.each<{ name: string; answer: WireAnswer; want: true | undefined }>([
    { name: 'no answer in time', answer: { ...NO_ANSWER, timedOut: true }, want: true },
    { name: 'a lost connection', answer: NO_ANSWER, want: undefined },
    { name: '408', answer: answer(408, {}), want: true },
    { name: '504', answer: answer(504, HTML), want: true },
    { name: '503', answer: answer(503, {}), want: undefined },
  ])('tells a time-out from other failures: $name', ({ answer: given, want }) => {
    const outcome = classify(given, FACTS);
    expect(outcome.kind === 'unknown' && outcome.failure.timedOut).toBe(want);
  });

  it.each([
    { headers: { 'retry-after': '30' }, want: 30_000 },
    { headers: { 'retry-after': 'Sat, 21 Nov 2026 10:00:20 GMT' }, want: 20_000 },
    { headers: { 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }, want: 0 },
    { headers: { 'x-ratelimit-reset': '2026-11-21T10:00:20Z' }, want: 20_000 },
    { headers: { 'x-ratelimit-reset': '1795255260' }, want: 60_000 },
    { headers: { 'x-ratelimit-reset': '15' }, want: 15_000 },
    { headers: { 'retry-after': '86400' }, want: 86_400_000 },
    { headers: { 'retry-after': '5.5' }, want: 5_500 },
    { headers: { 'retry-after': 'later' }, want: null },
    { headers: { 'retry-after': '' }, want: null },
    { headers: { 'retry-after': '172800' }, want: 86_400_000 },
    { headers: { 'retry-after': 'Sat, 21 Nov 2126 10:00:20 GMT' }, want: 86_400_000 },
    // What can be no wait is no more than no header.
    ...['-5', '1e400', 'Infinity', '0x10', '99999999999999999999'].map((text) => ({
      headers: { 'retry-after': text },
      want: null,
    })),
    { headers: {}, want: null },
  ])('reads $want ms to wait from $headers', ({ headers, want }) => {
    const outcome = classify(answer(429, {}, headers), FACTS);
    expect(outcome.kind === 'refused' && outcome.failure.retryAfterMs).toBe(want);
  });

  it.each([
    { status: 302, want: 30_000 },
    { status: 408, want: 30_000 },
    { status: 500, want: 30_000 },
    { status: 503, want: 30_000 },
    { status: 200, want: null },
    { status: 401, want: null },
    { status: 422, want: null },
  ])(
    'makes of a $status with a Retry-After of 30 s a wait of $want ms: only an outage ends by itself',
    ({ status, want }) => {
      const outcome = classify(answer(status, { status: false }, { 'retry-after': '30' }), FACTS);
      expect(outcome.kind !== 'ok' && outcome.failure.retryAfterMs).toBe(want);
    },
  );

  it('says what VoiceLink said, short and without secrets', () => {
    const outcome = classify(
      answer(422, { message: `token s3cret ${'x'.repeat(900)}`, errors: { f: ['s3cret'], s3cret: ['is weak'] } }),
      FACTS,
    );
    if (outcome.kind === 'ok') throw new Error('ok');
    expect(outcome.failure.message).toMatch(/^POST \/v1\/x: HTTP 422: token \[redacted\] x+$/);
    expect(outcome.failure.message.length).toBeLessThanOrEqual(500);
    expect(outcome.fields).toEqual({ f: ['[redacted]'], '[redacted]': ['is weak'] });
  });
});
