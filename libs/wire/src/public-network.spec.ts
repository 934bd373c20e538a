import { NOT_PUBLIC } from '@dialtone/testing';
import { PublicNetwork } from './public-network';

const PUBLIC = [
  '1.1.1.1',
  '93.184.216.34',
  '100.63.255.255',
  '172.32.0.1',
  '192.0.1.1',
  '2606:4700:4700::1111',
  '2a00:1450::1',
];

/** What is no address is not public either. */
const NO_ADDRESSES = {
  kind: 'no address',
  addresses: ['', 'localhost', '2130706433', '0x7f.1', '127.1', '1.1.1.1.', '[::1]'],
};
const MAPPED = { kind: 'IPv4 as IPv6, public ones, too', addresses: ['::ffff:1.1.1.1', 'fe80::1%lo'] };

describe('PublicNetwork', () => {
  it.each(PUBLIC)('has %s', (address) => {
    expect(new PublicNetwork().has(address)).toBe(true);
  });

  it.each([...NOT_PUBLIC, MAPPED, NO_ADDRESSES])('has nothing that is $kind', ({ addresses }) => {
    expect(addresses.filter((address) => new PublicNetwork().has(address))).toEqual([]);
  });

  it('has what the operator names besides, and no more', () => {
    const network = new PublicNetwork(['10.1.0.0/16', 'fd00::/8']);
    const asked = ['10.1.2.3', '10.2.2.3', 'fd12::1', 'fc00::1', '::ffff:10.1.2.3', '127.0.0.1', '1.1.1.1'];
    expect(asked.filter((address) => network.has(address))).toEqual([
      '10.1.2.3',
      'fd12::1',
      '::ffff:10.1.2.3',
      '1.1.1.1',
    ]);
  });

  it.each(['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', 'private', '/8', '10.0.0.0/8/8'])(
    'does not take %p for a network',
    (text) => {
      expect(() => new PublicNetwork([text])).toThrow(/is no network such as/);
    },
  );
});
