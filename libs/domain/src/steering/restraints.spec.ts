import * as fc from 'fast-check';
import { BINDING_MODES } from '../binding';
import { STEERING_LEVELS, strictestMode, type Modes } from './modes';
import { RESTRAINTS, restraintsOf, writesDeniedBy, type Restraint, type RestraintReason } from './restraints';

const anyModes = fc.record(
  Object.fromEntries(STEERING_LEVELS.map((level) => [level, fc.constantFrom(...BINDING_MODES)])),
) as fc.Arbitrary<Modes>;
const STANDING: readonly RestraintReason[] = ['writes_held', 'paused', 'window_closed'];
const anyStanding: fc.Arbitrary<readonly Restraint[]> = fc.array(
  fc.record({
    reason: fc.constantFrom(...STANDING),
    why: fc.constant('why'),
    since: fc.constant(null),
    until: fc.option(fc.integer({ min: 1, max: 100 })),
  }),
);
const ENFORCE: Modes = { deployment: 'enforce', partner: 'enforce', connection: 'enforce', declaration: 'enforce' };

describe('the mode that counts', () => {
  it('is the strictest, whichever level says it', () => {
    fc.assert(
      fc.property(anyModes, (modes) => {
        const all = Object.values(modes);
        const want = (['observe', 'create-only'] as const).find((mode) => all.includes(mode)) ?? 'enforce';
        const { mode, level } = strictestMode(modes);
        expect([mode, modes[level]]).toEqual([want, want]);
      }),
    );
  });

  it.each([
    ['declaration', 'mode is observe'],
    ['connection', 'mode of the connection is observe'],
    ['partner', 'mode of the partner is observe'],
    ['deployment', 'mode of the deployment is observe'],
  ] as const)('names the level: %s', (level, why) => {
    const modes = { ...ENFORCE, [level]: 'observe' };
    expect(restraintsOf({ modes, dryRun: false, standing: [] })).toEqual([
      { reason: 'mode_observe', why, since: null, until: null },
    ]);
  });
});

describe('whether a number may be written now', () => {
  it('is yes only when nothing says no', () => {
    fc.assert(
      fc.property(anyModes, fc.boolean(), anyStanding, (modes, dryRun, standing) => {
        const isFree = !dryRun && standing.length === 0 && strictestMode(modes).mode === 'enforce';
        expect(restraintsOf({ modes, dryRun, standing }).length === 0).toBe(isFree);
      }),
    );
  });

  it('names what lasts longest first, so that nothing wakes only to wait again', () => {
    fc.assert(
      fc.property(anyModes, anyStanding, (modes, standing) => {
        const ends = restraintsOf({ modes, dryRun: false, standing }).map(({ until }) => until ?? Infinity);
        expect(ends).toEqual([...ends].sort((a, b) => b - a));
      }),
    );
  });

  it('is no under everything but create-only, and dry-run is named last', () => {
    for (const reason of Object.keys(RESTRAINTS) as readonly RestraintReason[]) {
      const denied = writesDeniedBy([{ reason, why: 'why', since: null, until: null }]);
      expect(denied?.reason ?? null).toBe(reason === 'mode_create_only' ? null : reason);
    }
    const modes: Modes = { ...ENFORCE, partner: 'observe' };
    expect(writesDeniedBy(restraintsOf({ modes, dryRun: true, standing: [] }))?.reason).toBe('mode_observe');
    expect(writesDeniedBy(restraintsOf({ modes: ENFORCE, dryRun: true, standing: [] }))?.reason).toBe('dry_run');
  });
});
