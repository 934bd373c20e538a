import { ManualClock } from '@dialtone/testing';
import { ClientTurns } from './client-turns';

const TTL_MS = 1_000;
const CLIENT = 'client:7';

const turns = () => {
  const clock = new ManualClock();
  return { clock, turns: new ClientTurns(clock, TTL_MS) };
};

describe("a client's turn", () => {
  it('is told to be under way until it ends, and only of this client', async () => {
    const { turns: all } = turns();
    const end = all.begin(CLIENT);
    const ended = all.ended(CLIENT);
    expect(ended).not.toBeNull();
    expect(all.ended('client:8')).toBeNull();
    end();
    await expect(ended).resolves.toBeUndefined();
    expect(all.ended(CLIENT)).toBeNull();
  });

  it('does not bar the client for longer than a lease when its work failed before its end', async () => {
    const { clock, turns: all } = turns();
    all.begin(CLIENT);
    await clock.advance(TTL_MS);
    expect(all.ended(CLIENT)).not.toBeNull();
    await clock.advance(1);
    expect(all.ended(CLIENT)).toBeNull();
  });

  it('that ends late does not end the next one', () => {
    const { turns: all } = turns();
    const end = all.begin(CLIENT);
    all.begin(CLIENT);
    end();
    expect(all.ended(CLIENT)).not.toBeNull();
  });
});
