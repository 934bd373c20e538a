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

const NOT_PUBLIC = [
  { name: 'this host', addresses: ['0.0.0.0', '0.1.2.3', '::'] },
  { name: 'loopback', addresses: ['127.0.0.1', '127.255.255.254', '::1'] },
  { name: 'private', addresses: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12::1'] },
  { name: 'shared', addresses: ['100.64.0.1', '100.127.255.255'] },
  { name: 'link-local', addresses: ['169.254.169.254', 'fe80::1', 'fe80::1%lo', 'fec0::1'] },
  {
    name: 'IPv4 as IPv6',
    addresses: ['::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::ffff:1.1.1.1', '::127.0.0.1', '64:ff9b::7f00:1'],
  },
  { name: 'IPv4 in a tunnel', addresses: ['2002:7f00:1::', '2002:a9fe:a9fe::1', '2001::1'] },
  { name: 'documentation', addresses: ['192.0.2.1', '198.51.100.7', '203.0.113.7', '2001:db8::1', '3fff::1'] },
  { name: 'benchmarks', addresses: ['198.18.0.1', '198.19.255.255'] },
  { name: 'multicast and reserved', addresses: ['224.0.0.1', '240.0.0.1', '255.255.255.255', 'ff02::1'] },
  { name: 'no address', addresses: ['', 'localhost', '2130706433', '0x7f.1', '127.1', '1.1.1.1.', '[::1]'] },
];

describe('PublicNetwork', () => {
  it.each(PUBLIC)('has %s', (address) => {
    expect(new PublicNetwork().has(address)).toBe(true);
  });

  it.each(NOT_PUBLIC)('has nothing that is $name', ({ addresses }) => {
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
