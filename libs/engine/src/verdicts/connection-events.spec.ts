import { parseConnectionId, parsePartnerId, SECTIONS, type SectionWarning } from '@dialtone/domain';
import { expectSoundEvents, InMemoryWorld, OBSERVED_AT } from '@dialtone/testing';
import * as fc from 'fast-check';
import { warningsAfter, writesHeldEvent, writesResumedEvent } from './connection-events';

const present = <T>(value: T | null): T => {
  if (value === null) throw new Error('Expected a value.');
  return value;
};
const MOMENT = {
  connectionId: present(parseConnectionId('5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10')),
  partnerId: present(parsePartnerId('0a9d6f5e-8d55-4f0b-8a34-6f7f5b0c9d21')),
  now: OBSERVED_AT,
};

interface Told {
  readonly type: string;
  readonly data: object;
}
interface Connection {
  /** The events of one sweep's report; null: no list was read. */
  report(warnings: readonly SectionWarning[] | null): Promise<readonly Told[]>;
}

const lockedConnection = (): Promise<Connection> => {
  let stored: readonly SectionWarning[] = [];
  return Promise.resolve({
    report: (warnings) => {
      const after = warningsAfter(MOMENT, stored, { warnings });
      stored = after.warnings;
      return Promise.resolve(after.events);
    },
  });
};

const inMemoryConnection = async (): Promise<Connection> => {
  const world = new InMemoryWorld();
  const { id } = await world.connection();
  return {
    report: async (warnings) => {
      const before = world.events.length;
      const claimed = await world.sweepQueue.claimSweepOf(id, 'worker', 1_000);
      if (claimed === null) throw new Error('held');
      await world.sweepQueue.completeSweep(claimed, { warnings, error: null }, 1);
      return world.events.slice(before);
    },
  };
};

const nameOf = ({ section, code }: Pick<SectionWarning, 'section' | 'code'>): string => `${section}/${code}`;

const anyWarnings: fc.Arbitrary<readonly SectionWarning[]> = fc.uniqueArray(
  fc.record({
    section: fc.constantFrom(...SECTIONS.slice(0, 3)),
    code: fc.constantFrom('FETCH_FAILED', 'TRUNCATED'),
    message: fc.constantFrom('one wording', 'another wording'),
  }),
  { selector: nameOf, maxLength: 4 },
);
const anyReports = fc.array(fc.option(anyWarnings, { freq: 5 }), { maxLength: 10 });

const without = (all: ReadonlySet<string>, some: ReadonlySet<string>): readonly string[] =>
  [...all].filter((name) => !some.has(name)).sort();

describe.each([
  ['the engine', lockedConnection],
  ['memory', inMemoryConnection],
])('what a report means for the warnings of a connection, in %s', (_, make) => {
  it('is one event per warning that came or went; rewording is none, and a sweep that read no list changes nothing', () =>
    fc.assert(
      fc.asyncProperty(anyReports, async (reports) => {
        const connection = await make();
        let standing = new Set<string>();
        for (const warnings of reports) {
          const events = await connection.report(warnings);
          const is = warnings === null ? standing : new Set(warnings.map(nameOf));
          const namesOf = (type: string) =>
            events
              .filter((event) => event.type === `dialtone.warning.${type}.v1`)
              .map(({ data }) => nameOf(data as SectionWarning));
          expect(namesOf('raised').sort()).toEqual(without(is, standing));
          expect(namesOf('cleared').sort()).toEqual(without(standing, is));
          expect(events).toHaveLength(without(is, standing).length + without(standing, is).length);
          standing = is;
        }
      }),
    ));
});

describe('events about a connection', () => {
  it('are as published', () => {
    const warning = { section: 'bots', code: 'TRUNCATED', message: 'x' } as const;
    const { events } = warningsAfter(MOMENT, [warning], { warnings: [{ ...warning, section: 'dids' }] });
    const all = [
      ...events,
      writesHeldEvent(MOMENT, 'too much broke'),
      writesResumedEvent(MOMENT, 'too much broke', 'me'),
    ];
    expectSoundEvents(all);
    expect(all.map(({ type }) => type)).toEqual([
      'dialtone.warning.cleared.v1',
      'dialtone.warning.raised.v1',
      'dialtone.writes.held.v1',
      'dialtone.writes.resumed.v1',
    ]);
  });

  it('keep the new wording of a warning that stands', () => {
    const was = { section: 'bots', code: 'TRUNCATED', message: 'one wording' } as const;
    const is = { ...was, message: 'another wording' };
    expect(warningsAfter(MOMENT, [was], { warnings: [is] })).toEqual({ warnings: [is], events: [] });
  });
});
