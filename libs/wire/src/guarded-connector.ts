import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { PublicNetwork } from './public-network';

/** All addresses of a host name. Rejects when there are none. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/** The operating system's resolver. */
export const resolveBySystem: Resolve = (host) =>
  new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, found) => {
      if (error === null) resolve(found);
      else reject(error);
    });
  });

const refusal = (): Error => Object.assign(new Error('the address is not public'), { code: 'ADDRESS_REFUSED' });

/** Looks up a host and refuses it when any of its addresses is not public: the dialler may take any of them. */
const guardedLookup =
  (network: PublicNetwork, resolve: Resolve): LookupFunction =>
  (host, options, done) => {
    resolve(host).then(
      (found) => {
        const [first] = found;
        if (first === undefined || !found.every(({ address }) => network.has(address))) done(refusal(), '', 0);
        else if (options.all === true) done(null, [...found]);
        else done(null, first.address, first.family);
      },
      (error: unknown) => {
        done(error as NodeJS.ErrnoException, '', 0);
      },
    );
  };

/**
 * Connects undici to public addresses only. What is checked is what is dialled, so a name that resolves differently the next
 * time gains nothing. `lookup` is not called for IP addresses: they are checked before, in whatever spelling they came,
 * because a URL's host is in canonical form. A refused address fails with code ADDRESS_REFUSED, and no packet leaves.
 */
export const guardedConnector = (
  network: PublicNetwork,
  { timeoutMs, resolve = resolveBySystem }: { readonly timeoutMs: number; readonly resolve?: Resolve },
): buildConnector.connector => {
  const dial = buildConnector({ timeout: timeoutMs, allowH2: false, lookup: guardedLookup(network, resolve) });
  return (options, done) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !network.has(host)) done(refusal(), null);
    else dial(options, done);
  };
};
