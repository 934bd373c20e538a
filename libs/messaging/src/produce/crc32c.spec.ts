import { crc32c } from './crc32c';

describe('crc32c', () => {
  it.each([
    { text: '', sum: 0 },
    { text: 'a', sum: 0xc1d04330 },
    { text: '123456789', sum: 0xe3069283 },
    { text: 'The quick brown fox jumps over the lazy dog', sum: 0x22620404 },
  ])('of "$text" is what is published', ({ text, sum }) => {
    expect(crc32c(Buffer.from(text))).toBe(sum);
  });
});
