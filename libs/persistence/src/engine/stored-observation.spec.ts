import { NOTHING_SEEN, redactSecrets, type KeyObservation, type RemoteDid } from '@dialtone/domain';
import { anObservation } from '@dialtone/testing';
import fc from 'fast-check';
import { fromStored, storedObservationText, type StoredObservation } from './stored-observation';

const stored = (observation: KeyObservation): StoredObservation =>
  JSON.parse(storedObservationText(observation)) as StoredObservation;

/** As a listing keeps it: what was received is a text, and no own property. */
const keptAsText = ({ raw, ...did }: RemoteDid, rawText: string): RemoteDid =>
  Object.assign(Object.create({ raw, rawText }) as Pick<RemoteDid, 'raw' | 'rawText'>, did);

describe('dids.observation', () => {
  it('is read back as it was written', () => {
    const observation = anObservation();
    expect(fromStored(stored(observation))).toEqual(observation);
    const nothing = anObservation({ did: null, bots: [], routing: null, local: null });
    expect(fromStored(stored(nothing))).toEqual(nothing);
  });

  it('holds no secret of a record', () => {
    const raw = { token: 'canary', host: 'sip.example' };
    const { did, bots, routing } = anObservation();
    if (did === null || routing === null) throw new Error('The builder made no rows.');
    const text = storedObservationText(
      anObservation({ did: { ...did, raw }, bots: bots.map((bot) => ({ ...bot, raw })), routing: { ...routing, raw } }),
    );
    expect(text).not.toContain('canary');
    expect(text).toContain('sip.example');
  });

  it('holds of a record that is kept as text what it would hold of its fields, whatever is in it', () => {
    const observation = anObservation();
    const { did } = observation;
    if (did === null) throw new Error('The builder made no row.');
    const name = fc.oneof(
      fc.constantFrom('id', 'password', 'Api_Key', 'apikey', 'pass\\u0077ord', 'sip_pass', 'x-Secret', 'token_type'),
      fc.string({ maxLength: 5 }),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constantFrom(null, 1e300, '1e5', '\u0000', '\ud800')),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(name, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 5 }), (raw) => {
        const kept = keptAsText({ ...did, raw }, JSON.stringify(raw));
        const plain = JSON.parse(JSON.stringify({ ...did, raw: redactSecrets(raw) })) as RemoteDid;
        const [ofText, ofFields] = [kept, plain].map((row) => stored({ ...observation, did: row }));
        expect(ofText).toEqual(ofFields);
      }),
    );
  });

  it.each([
    ['a large number', '{"id":1,"n":1e400000}'],
    ['a text that PostgreSQL refuses', String.raw`{"id":1,"name":"\u0000"}`],
    ['deep nesting', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`],
    ['a name in other letters', String.raw`{"id":1,"pass\u0077ord":"canary"}`],
  ])('does not take over a text with %s', (_what, rawText) => {
    const { did } = anObservation();
    if (did === null) throw new Error('The builder made no row.');
    const row = keptAsText({ ...did, raw: JSON.parse(rawText) as RemoteDid['raw'] }, rawText);
    expect(storedObservationText(anObservation({ did: row }))).not.toContain(rawText);
  });

  it('takes over a text that holds nothing to hide', () => {
    const { did } = anObservation();
    if (did === null) throw new Error('The builder made no row.');
    const rawText = '{"id": 7, "did_number":"918006165648", "tags":["a",{"b":1.50}]}';
    const row = keptAsText({ ...did, raw: { never: 'read' } }, rawText);
    expect(storedObservationText(anObservation({ did: row }))).toContain(`"raw":${rawText}`);
  });

  it('says of a field that an earlier version did not store that nothing is known of it', () => {
    const { key, observedAt, did, bots, routing, local } = anObservation();
    if (did === null || routing === null || local === null) throw new Error('The builder made no rows.');
    expect(fromStored({ key, observedAt })).toEqual({
      key,
      observedAt,
      unknown: [],
      did: null,
      bots: [],
      routing: null,
      extraRoutingIds: [],
      misreportedBotIds: [],
      local: null,
      presence: NOTHING_SEEN,
    });
    const { didId, didNumber } = did;
    const old = fromStored({
      key,
      observedAt,
      did: { key, didId, didNumber },
      bots: bots.map(({ id }) => ({ id })),
      routing: { id: routing.id, key },
      local: { id: local.id, key },
      presence: { did: 'present' },
    });
    expect(Object.keys(old.did ?? {}).sort()).toEqual(Object.keys(did).sort());
    expect(Object.keys(old.bots[0] ?? {}).sort()).toEqual(Object.keys(bots[0] ?? {}).sort());
    expect(Object.keys(old.routing ?? {}).sort()).toEqual(Object.keys(routing).sort());
    expect(Object.keys(old.local ?? {}).sort()).toEqual(Object.keys(local).sort());
    expect(old.presence).toEqual({ did: 'present', bot: 'unknown', routing: 'unknown' });
  });
});
