import { EVENT_EXAMPLES, OUTBOUND_TOPICS, type AnyLoggedEvent, type OutboundEventType } from '@dialtone/contracts';
import { InMemoryEventLog } from '@dialtone/testing';
import { passOver } from './pass-over';

const TOPIC = 'voicelink.drift.v1';
const DRIFT = 'dialtone.drift.detected.v1';
const VERDICT = 'dialtone.readiness.changed.v1';

const world = async (...types: readonly OutboundEventType[]) => {
  const log = new InMemoryEventLog();
  await log.branch('kafka', OUTBOUND_TOPICS);
  const eventOf = (type: OutboundEventType, nth: number): AnyLoggedEvent => {
    const data = EVENT_EXAMPLES[type];
    const connection_id = 'connection_id' in data ? data.connection_id : null;
    return { event_id: `event ${String(nth + 1)}`, type, connection_id, key: null, seq: null, data } as AnyLoggedEvent;
  };
  log.append(...types.map(eventOf));
  const give = (eventId: string) => passOver({ source: log, cursors: log }, { name: 'kafka', topic: TOPIC, eventId });
  return { log, give };
};

describe('passOver', () => {
  it('gives up the event that the topic waits for, and no other', async () => {
    const { log, give } = await world(VERDICT, DRIFT, VERDICT, DRIFT);
    expect(await give('event 1')).toMatchObject({ kind: 'not_next', next: { event_id: 'event 2' } });
    expect(await give('event 4')).toMatchObject({ kind: 'not_next', next: { event_id: 'event 2' } });
    await expect(log.get(`kafka:${TOPIC}`)).resolves.toBe(0n);
    expect(await give('event 2')).toMatchObject({ kind: 'passed_over', event: { event_id: 'event 2' } });
    await expect(log.get(`kafka:${TOPIC}`)).resolves.toBe(2n);
    await expect(log.get('kafka:voicelink.readiness.v1')).resolves.toBe(0n);
    expect(await give('event 2')).toMatchObject({ kind: 'not_next', next: { event_id: 'event 4' } });
  });

  it('says that the topic waits for nothing', async () => {
    const { give } = await world(VERDICT);
    expect(await give('event 1')).toEqual({ kind: 'not_next', next: null });
  });

  it('gives nothing up when the relay moves meanwhile', async () => {
    const { log, give } = await world(DRIFT, DRIFT);
    const read = log.read.bind(log);
    jest.spyOn(log, 'read').mockImplementationOnce(async (...args) => {
      const events = await read(...args);
      await log.advance(`kafka:${TOPIC}`, 0n, 1n);
      return events;
    });
    expect(await give('event 1')).toEqual({ kind: 'moving' });
  });
});
