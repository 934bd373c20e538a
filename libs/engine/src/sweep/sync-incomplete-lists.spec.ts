import { ISSUE_NEEDS, ISSUES, SECTIONS, type Issue, type Section } from '@dialtone/domain';
import { forgetfulListMemories, type EngineFixture } from '@dialtone/testing';
import type { KeyReport, StoredKey } from '..';
import { fixtureOfAllKinds, storedIn, sync } from '../../test/sync-fixture';

const subsets = Array.from({ length: 2 ** SECTIONS.length }, (_, mask) =>
  SECTIONS.filter((_section, index) => (mask >> index) % 2 === 1),
);
const needsAny = (issue: Issue, failing: readonly Section[]): boolean =>
  ISSUE_NEEDS[issue].some((section) => failing.includes(section));
const JUDGED: readonly Section[] = ['dids', 'bots', 'routing'];

describe.each(['fail', 'truncate'] as const)('when sections %s, a', (kind) => {
  const failing = (fixture: EngineFixture, sections: readonly Section[]): void => {
    for (const on of sections) fixture.upstream.inject({ on, kind, times: Infinity });
  };

  it.each(subsets.map((sections) => ({ name: sections.join(', ') || 'none', sections })))(
    'sync derives nothing from them, of keys that were never judged: $name',
    async ({ sections }) => {
      const { fixture } = await fixtureOfAllKinds();
      const rows = (await fixture.world.phoneNumbers.rows(fixture.connectionId)).length;
      const late = fixture.did('918000000008');
      // What a cut list leaves off is the last row: not the one that is looked for.
      fixture.did('918000000009');
      failing(fixture, sections);
      const view = await sync(fixture);

      const code = kind === 'fail' ? 'FETCH_FAILED' : 'TRUNCATED';
      expect(view.warnings.map((warning) => [warning.section, warning.code])).toEqual(
        sections.map((section) => [section, code]),
      );
      for (const section of SECTIONS) {
        const isFailing = sections.includes(section);
        expect([section, view.snapshot[section].status === 'complete']).toEqual([section, !isFailing]);
        if (isFailing && kind === 'fail') expect(view.snapshot[section].rows).toEqual([]);
      }
      const said = new Set(view.keys.flatMap(({ readiness }) => readiness.issues));
      expect([...said].filter((issue) => needsAny(issue, sections))).toEqual([]);
      const isBlind = JUDGED.some((section) => sections.includes(section));
      const states = view.keys.map(({ readiness }) => readiness.state);
      expect(states.includes('READY')).toBe(!isBlind);
      expect(states.includes('UNKNOWN')).toBe(isBlind);
      const isImported = view.localNumbers.some(({ key }) => key === late.key);
      expect([isImported, view.localNumbers.length]).toEqual(
        sections.includes('dids') ? [false, rows] : [true, rows + 2],
      );
      const judged = [...(await fixture.world.keyStates.load(fixture.connectionId)).values()].filter(
        ({ observedAt }) => observedAt > 0,
      );
      expect(judged.length > 0).toBe(!isBlind);
      expect(fixture.world.events.filter(({ key }) => key !== null).length > 0).toBe(!isBlind);
    },
  );

  it.each(subsets.map((sections) => ({ name: sections.join(', ') || 'none', sections })))(
    'sweep derives nothing from them, of keys that were never judged: $name',
    async ({ sections }) => {
      const { fixture } = await fixtureOfAllKinds();
      failing(fixture, sections);
      await sweepTwice(fixture);
      const isBlind = JUDGED.some((section) => sections.includes(section));
      const judged = [...(await fixture.world.keyStates.load(fixture.connectionId)).values()].filter(
        ({ observedAt, drift, state }) => observedAt > 0 || drift !== null || state !== 'UNKNOWN',
      );
      expect([judged.length, fixture.world.events.filter(({ key }) => key !== null).length > 0]).toEqual(
        isBlind ? [0, false] : [7, true],
      );
    },
  );

  it.each(
    subsets.flatMap((sections) =>
      (['sync', 'sweep'] as const).map((pass) => ({ name: sections.join(', ') || 'none', sections, pass })),
    ),
  )('$pass leaves verdicts, drift and rows alone that it cannot judge: $name', async ({ sections, pass }) => {
    const { fixture, ...dids } = await fixtureOfAllKinds();
    await sync(fixture);
    const before = await storedIn(fixture);
    // Everything that each section could tell is different now.
    fixture.remote.bots.clear();
    fixture.remote.routings.clear();
    fixture.remote.editDid(dids.ready.didId, { clientId: null });
    fixture.remote.deleteDid(dids.unrouted.didId);
    failing(fixture, sections);
    // All that the lists had is gone, and is believed to be gone: what failing lists leave open is the question here.
    const listMemories = forgetfulListMemories(fixture.clock);
    const view =
      pass === 'sync'
        ? await sync(fixture, true, fixture.provisioner({ listMemories }))
        : await sweepTwice(fixture, fixture.engine({ listMemories }));

    const isBlind = JUDGED.some((section) => sections.includes(section));
    const after = await storedIn(fixture);
    expect(after.rows).toEqual(before.rows);
    const told = fixture.world.events.slice(before.events).filter(({ key }) => key !== null);
    expect(told.length > 0).toBe(!isBlind);
    if (!isBlind) return;
    const verdicts = (keys: typeof before.keys) => [...keys.values()].map((key) => ({ ...key, stale: 0, presence: 0 }));
    expect(verdicts(after.keys)).toEqual(verdicts(before.keys));
    expect((view?.keys ?? []).filter((report) => !isKeptOrProven(report, before.keys, sections))).toEqual([]);
  });
});

/** What is missing is believed by the second sweep. */
const sweepTwice = async (fixture: EngineFixture, engine = fixture.engine()): Promise<null> => {
  await fixture.sweep(engine);
  await fixture.sweep(engine);
  return null;
};

/** Shown as it was judged last, or by issues that the failing sections have no say in. */
const isKeptOrProven = (
  { readiness }: KeyReport,
  before: ReadonlyMap<string, StoredKey>,
  failing: readonly Section[],
): boolean => {
  const was = before.get(readiness.key);
  const isKept = readiness.state === was?.state && readiness.issues.join() === was.issues.join();
  return isKept || (readiness.state !== 'READY' && !readiness.issues.some((issue) => needsAny(issue, failing)));
};

describe('the table of failing sections', () => {
  it('would notice a verdict that needs a section: each issue that needs one is said when it is there', async () => {
    const { fixture } = await fixtureOfAllKinds();
    fixture.did('918000000008');
    const said = new Set((await sync(fixture, false)).keys.flatMap(({ readiness }) => readiness.issues));
    const needing = ISSUES.filter((issue) => ISSUE_NEEDS[issue].length > 0);
    expect(needing.filter((issue) => !said.has(issue))).toEqual([]);
  });
});
