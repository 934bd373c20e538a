import { parseConnectionId, parsePartnerId, SECTIONS, type SectionWarning } from '@dialtone/domain';
import { aDidKey, aPhoneNumberId, expectSoundEvents, OBSERVED_AT } from '@dialtone/testing';
import * as fc from 'fast-check';
import { inboundLostEvent, warningsAfter, writesHeldEvent, writesResumedEvent } from './connection-events';

const present = <T>(value: T | null): T => {
  if (value === null) throw new Error('Expected a value.');
  return value;
};
const MOMENT = {
  connectionId: present(parseConnectionId('5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10')),
  partnerId: present(parsePartnerId('0a9d6f5e-8d55-4f0b-8a34-6f7f5b0c9d21')),
  now: OBSERVED_AT,
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

describe('what a report means for the warnings of a connection', () => {
  it('is one event per warning that came or went; rewording is none, and a sweep that read no list changes nothing', () => {
    fc.assert(
      fc.property(anyReports, (reports) => {
        let stored: readonly SectionWarning[] = [];
        for (const warnings of reports) {
          const after = warningsAfter(MOMENT, stored, { warnings });
          const [was, is] = [new Set(stored.map(nameOf)), new Set((warnings ?? stored).map(nameOf))];
          const namesOf = (type: string) =>
            after.events
              .filter((event) => event.type === `dialtone.warning.${type}.v1`)
              .map(({ data }) => nameOf(data as SectionWarning));
          expect(after.warnings).toEqual(warnings ?? stored);
          expect(namesOf('raised').sort()).toEqual(without(is, was));
          expect(namesOf('cleared').sort()).toEqual(without(was, is));
          expect(after.events).toHaveLength(without(is, was).length + without(was, is).length);
          stored = after.warnings;
        }
      }),
    );
  });
});

describe('events about a connection', () => {
  it('are as published', () => {
    const warning = { section: 'bots', code: 'TRUNCATED', message: 'x' } as const;
    const { events } = warningsAfter(MOMENT, [warning], { warnings: [{ ...warning, section: 'dids' }] });
    const all = [
      ...events,
      writesHeldEvent(MOMENT, 'too much broke'),
      writesResumedEvent(MOMENT, 'too much broke', 'me'),
      inboundLostEvent(MOMENT, { id: aPhoneNumberId(), key: aDidKey(), reason: 'released' }),
    ];
    expectSoundEvents(all);
    expect(all.map(({ type }) => type)).toEqual([
      'dialtone.warning.cleared.v1',
      'dialtone.warning.raised.v1',
      'dialtone.writes.held.v1',
      'dialtone.writes.resumed.v1',
      'dialtone.inbound.lost.v1',
    ]);
  });

  it('keep the new wording of a warning that stands', () => {
    const was = { section: 'bots', code: 'TRUNCATED', message: 'one wording' } as const;
    const is = { ...was, message: 'another wording' };
    expect(warningsAfter(MOMENT, [was], { warnings: [is] })).toEqual({ warnings: [is], events: [] });
  });
});
