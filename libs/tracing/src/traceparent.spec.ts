import { readTraceparent, traceparentOf } from './traceparent';

const [T, S] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];

describe('a traceparent', () => {
  it.each([
    ['sampled', `00-${T}-${S}-01`, true],
    ['not sampled', `00-${T}-${S}-00`, false],
    ['with flags that are not known yet', `00-${T}-${S}-ff`, true],
    ['of a later version', `cc-${T}-${S}-01`, true],
    ['of a later version that says more', `cc-${T}-${S}-01-what-else`, true],
  ])('is read: %s', (_, text, isSampled) => {
    expect(readTraceparent(text)).toEqual({ traceId: T, spanId: S, isSampled });
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['in capitals', `00-${T.toUpperCase()}-${S}-01`],
    ['without a trace', `00-${'0'.repeat(32)}-${S}-01`],
    ['without a span', `00-${T}-${'0'.repeat(16)}-01`],
    ['of the version that is forbidden', `ff-${T}-${S}-01`],
    ['of version 00 that says more', `00-${T}-${S}-01-more`],
    ['with more after its flags', `00-${T}-${S}-01x`],
    ['too short', `00-${T}-${S}`],
    ['of several lines', `00-${T}-${S}-01\nx`],
  ])('is none: %s', (_, text) => {
    expect(readTraceparent(text)).toBeNull();
  });

  it('is written as it was read', () => {
    const read = readTraceparent(`00-${T}-${S}-01`);
    expect(read && traceparentOf(read)).toBe(`00-${T}-${S}-01`);
  });
});
