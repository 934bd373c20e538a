import { isIP } from 'node:net';
import type { Dialling } from '../http/carrier-http';

export type HostState = 'public' | 'refused' | 'unresolved';

/** A host with an optional port: a name, an IPv4 address, or an IPv6 address in brackets. */
export const hostOf = (hostAndPort: string): string =>
  (/^\[([^\]]*)\]/.exec(hostAndPort)?.[1] ?? hostAndPort.replace(/:\d+$/, '')).toLowerCase();

/** IPv4 in the spellings that resolvers take and `isIP` does not: 2130706433, 0x7f.1, 0177.0.0.1. */
const ODD_IPV4 = /^(?:(?:0x[\da-f]*|\d+)\.?)+$/i;

/** Whether all addresses of the host may be dialled. */
export const stateOfHost = async (
  hostAndPort: string,
  { network, resolve }: Pick<Dialling, 'network'> & { readonly resolve: NonNullable<Dialling['resolve']> },
): Promise<HostState> => {
  const host = hostOf(hostAndPort);
  if (isIP(host) !== 0) return network.has(host) ? 'public' : 'refused';
  if (ODD_IPV4.test(host)) return 'refused';
  try {
    const found = await resolve(host);
    return found.length > 0 && found.every(({ address }) => network.has(address)) ? 'public' : 'refused';
  } catch {
    return 'unresolved';
  }
};
