import { recordedLog } from '../../test/recorded-log';
import { DisconnectedEnds } from './disconnected-ends';

describe('DisconnectedEnds', () => {
  it('ends batch after batch, until there is nothing left', async () => {
    const { logger, lines } = recordedLog();
    const asked: number[] = [];
    const batches = [500, 0, 520];
    const endDisconnected = (limit: number): Promise<number | null> => {
      asked.push(limit);
      return Promise.resolve(batches.shift() ?? null);
    };
    await new DisconnectedEnds({ endDisconnected }, logger).end();
    expect(asked).toEqual([500, 500, 500, 500]);
    expect(lines).toEqual([
      expect.objectContaining({ msg: 'Numbers of disconnected connections ended', numbers: 1020 }),
    ]);
  });

  it('stops between two batches when the process ends', async () => {
    const { logger, lines } = recordedLog();
    const ends: DisconnectedEnds = new DisconnectedEnds(
      {
        endDisconnected: () => {
          ends.beforeApplicationShutdown();
          return Promise.resolve(500);
        },
      },
      logger,
    );
    await ends.end();
    expect(lines).toMatchObject([{ numbers: 500 }]);
  });

  it('outlives a database that is away', async () => {
    const { logger, lines } = recordedLog();
    const endDisconnected = (): Promise<number> => Promise.reject(new Error('away'));
    const ends = new DisconnectedEnds({ endDisconnected }, logger);
    // It is tried every five seconds, and told once a minute.
    for (let tries = 0; tries < 3; tries += 1) await ends.end();
    expect(lines.map(({ msg }) => msg)).toEqual(['Disconnected connections could not be ended; next try in 5 seconds']);
  });
});
