import { NOTHING_SEEN } from '@dialtone/domain';
import { anObservation } from '@dialtone/testing';
import { fromStored, toStoredObservation, type StoredObservation } from './stored-observation';

const throughJson = (stored: unknown): StoredObservation => JSON.parse(JSON.stringify(stored)) as StoredObservation;

describe('dids.observation', () => {
  it('is read back as it was written', () => {
    const observation = anObservation();
    expect(fromStored(throughJson(toStoredObservation(observation)))).toEqual(observation);
    const nothing = anObservation({ did: null, bots: [], routing: null, local: null });
    expect(fromStored(throughJson(toStoredObservation(nothing)))).toEqual(nothing);
  });

  it('holds no secret of a record', () => {
    const raw = { token: 'canary', host: 'sip.example' };
    const { did, bots, routing } = anObservation();
    if (did === null || routing === null) throw new Error('The builder made no rows.');
    const stored = toStoredObservation(
      anObservation({ did: { ...did, raw }, bots: bots.map((bot) => ({ ...bot, raw })), routing: { ...routing, raw } }),
    );
    expect(JSON.stringify(stored)).not.toContain('canary');
    expect(JSON.stringify(stored)).toContain('sip.example');
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
