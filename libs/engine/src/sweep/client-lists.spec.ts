import { EngineFixture } from '@dialtone/testing';

const HOUR = 3_600_000;

describe('a sweep says when a whole list of clients began', () => {
  const fixtureOf = async (clients: number) => {
    const fixture = await EngineFixture.make();
    for (let count = 0; count < clients; count += 1) fixture.remote.addClient();
    const engine = fixture.engine();
    const sweep = () => fixture.sweep(engine);
    const wholeAt = () => fixture.world.wholeAt(fixture.connectionId, 'clients');
    return { fixture, sweep, wholeAt };
  };

  it('with the first one, and with each one after it, changed or not', async () => {
    const { fixture, sweep, wholeAt } = await fixtureOf(2);
    expect(await wholeAt()).toBeNull();
    for (let count = 0; count < 3; count += 1) {
      if (count === 2) fixture.remote.addClient();
      const before = fixture.clock.now();
      await sweep();
      expect(await wholeAt()).toBe(before);
      await fixture.clock.advance(HOUR);
    }
  });

  it.each<{ name: string; spoil: (fixture: EngineFixture) => void }>([
    {
      name: 'cannot be read',
      spoil: ({ upstream }) => {
        upstream.inject({ on: 'clients', kind: 'fail' });
      },
    },
    {
      name: 'is not complete',
      spoil: ({ upstream }) => {
        upstream.inject({ on: 'clients', kind: 'truncate' });
      },
    },
    {
      name: 'has an odd row',
      spoil: ({ upstream }) => {
        upstream.odd.set('clients', [{}]);
      },
    },
    {
      name: 'is suspect',
      spoil: ({ remote }) => {
        remote.clients.clear();
      },
    },
  ])('and not with one that $name', async ({ spoil }) => {
    const { fixture, sweep, wholeAt } = await fixtureOf(6);
    const before = fixture.clock.now();
    await sweep();
    await fixture.clock.advance(HOUR);
    spoil(fixture);
    await sweep();
    expect(await wholeAt()).toBe(before);
  });
});
