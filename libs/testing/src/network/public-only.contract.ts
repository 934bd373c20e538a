import { createServer, type AddressInfo, type Server } from 'node:net';
import { hostOf, NOT_PUBLIC } from './not-public';

interface Found {
  readonly address: string;
  readonly family: number;
}

export interface PublicOnlyHarness {
  /**
   * Sends one request and tells the status of its answer, or why there is none. `resolve` is in place of the system's resolver;
   * `privateNetworks` may be dialled although they are not public.
   */
  ask(
    url: string,
    options: {
      readonly privateNetworks: readonly string[];
      readonly resolve?: (host: string) => Promise<readonly Found[]>;
    },
  ): Promise<number | string>;
}

const PUBLIC = '93.184.216.34';
const REFUSED = 'connection failed (ADDRESS_REFUSED)';
/** Of services that believe what comes from inside. */
const PORTS = [22, 25, 80, 443, 2375, 5432, 6379, 9092, 10250];

const found = (address: string): Found => ({ address, family: address.includes(':') ? 6 : 4 });

/** Of a client of HTTP whose URLs others choose: it reaches what is public, and nothing else. */
export const describePublicOnly = (name: string, { ask }: PublicOnlyHarness): void => {
  describe(`${name} dials no address that is not public`, () => {
    let server: Server;
    let port: number;
    let connections = 0;
    beforeAll(async () => {
      server = createServer((socket) => {
        connections += 1;
        socket.on('error', () => undefined);
        socket.end(
          `HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:${String(port)}/inner\r\ncontent-length: 0\r\n\r\n`,
        );
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
    });
    beforeEach(() => {
      connections = 0;
    });
    afterAll(() => {
      server.close();
    });
    const at = (host: string, itsPort = port): string => `http://${host}:${String(itsPort)}/`;
    const guarded = (url: string, resolve?: (host: string) => Promise<readonly Found[]>): Promise<number | string> =>
      ask(url, { privateNetworks: [], ...(resolve !== undefined && { resolve }) });
    const answers =
      (...addresses: readonly string[]) =>
      (): Promise<readonly Found[]> =>
        Promise.resolve(addresses.map(found));

    it.each(NOT_PUBLIC)('in a URL: $kind', async ({ addresses, spellings = [] }) => {
      for (const host of [...addresses.map(hostOf), ...spellings])
        expect([host, await guarded(at(host)), connections]).toEqual([host, REFUSED, 0]);
    });

    it.each(NOT_PUBLIC.filter(({ addresses }) => addresses.length > 0))(
      'that a name leads to, alone or beside public ones: $kind',
      async ({ addresses }) => {
        for (const address of addresses)
          for (const all of [[address], [PUBLIC, address], [address, PUBLIC]])
            expect([all, await guarded(at('name.example'), answers(...all)), connections]).toEqual([all, REFUSED, 0]);
      },
    );

    it('that a name leads to when it is dialled, though it led elsewhere when it was checked', async () => {
      const turns = [[PUBLIC], ['127.0.0.1']];
      const resolve = (): Promise<readonly Found[]> => answers(...(turns.shift() ?? ['127.0.0.1']))();
      await resolve();
      expect([await guarded(at('name.example'), resolve), connections]).toEqual([REFUSED, 0]);
    });

    it('that a name without any address stands for', async () => {
      expect([await guarded(at('name.example'), answers()), connections]).toEqual([REFUSED, 0]);
    });

    it.each([`${PUBLIC}@127.0.0.1`, `${PUBLIC}:80@127.0.0.1`, 'name.example%2F@127.0.0.1'])(
      'behind the user of a URL: %s',
      async (host) => {
        expect([await guarded(at(host), answers(PUBLIC)), connections]).toEqual([REFUSED, 0]);
      },
    );

    it.each(PORTS)('at port %i', async (itsPort) => {
      expect(await guarded(at('127.0.0.1', itsPort))).toBe(REFUSED);
    });

    it('that an answer redirects to', async () => {
      const privateNetworks = ['127.0.0.0/8'];
      expect([await ask(at('127.0.0.1'), { privateNetworks }), connections]).toEqual([302, 1]);
      expect(await ask(at('name.example'), { privateNetworks, resolve: answers('127.0.0.1') })).toBe(302);
      expect(connections).toBe(2);
    });
  });
};
