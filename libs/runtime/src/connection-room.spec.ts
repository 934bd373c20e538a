import type { ConnectionRoom } from '@dialtone/persistence';
import { warnWithoutRoom } from './connection-room';

const warned = async (read: () => Promise<ConnectionRoom>, poolSize = 10) => {
  const lines: (readonly [object, string])[] = [];
  const warn = (fields: object, message: string): void => void lines.push([fields, message]);
  await warnWithoutRoom(read, { poolSize, logger: { warn } as never });
  return lines;
};
const room = (most: number, reserved: number, open: number) => () => Promise.resolve({ most, reserved, open });

describe('a process that starts', () => {
  it.each([
    { name: 'alone on a server with the defaults', given: room(100, 3, 0), poolSize: 10 },
    {
      name: 'with exactly as many connections left as its pool and its listener need',
      given: room(100, 3, 86),
      poolSize: 10,
    },
  ])('says nothing $name', async ({ given, poolSize }) => {
    expect(await warned(given, poolSize)).toEqual([]);
  });

  it.each([
    { name: 'others leave one too few', given: room(100, 3, 87), poolSize: 10, left: 10, needed: 11 },
    { name: 'its own pool is larger than the server', given: room(100, 3, 0), poolSize: 97, left: 97, needed: 98 },
    { name: 'what is reserved is in use by others', given: room(100, 13, 95), poolSize: 2, left: 0, needed: 3 },
  ])('warns with numbers and a remedy when $name', async ({ given, poolSize, left, needed }) => {
    const lines = await warned(given, poolSize);
    expect(lines).toHaveLength(1);
    const [fields, message] = lines[0] ?? [];
    expect(fields).toMatchObject({ needed, left, pool_size: poolSize, max_connections: 100 });
    expect(message).toContain(`it needs up to ${String(needed)} and ${String(left)} are left of max_connections = 100`);
    expect(message).toMatch(/Raise max_connections, or lower DATABASE_POOL_SIZE or the number of replicas$/);
  });

  it('starts although the server does not tell', async () => {
    const lines = await warned(() => Promise.reject(new Error('permission denied')));
    expect(lines.map(([, message]) => message)).toEqual([
      'Whether PostgreSQL has enough connections for this process is not known',
    ]);
  });
});
