import { gzipSync } from 'node:zlib';
import { describeAnswer, parseJson } from './json-answer';

const BOM = '\ufeff';
const hide = (text: string): string => text.replaceAll('17|secret-token', '[hidden]');
const described = (bytes: Buffer | string): string => describeAnswer(Buffer.from(bytes), hide);

describe('parseJson', () => {
  it.each([
    { name: 'JSON', text: '{"a":1}' },
    { name: 'JSON after a byte order mark', text: `${BOM}{"a":1}` },
    { name: 'JSON after the byte order marks of two PHP files', text: `${BOM}${BOM} {"a":1}` },
  ])('reads $name', ({ text }) => {
    expect(parseJson(Buffer.from(text))).toEqual({ a: 1 });
  });

  it.each([
    { name: 'nothing', text: '' },
    { name: 'only a byte order mark', text: BOM },
    { name: 'a notice before the JSON', text: 'Warning: Undefined index {"a":1}' },
    { name: 'a byte order mark inside', text: `{"a":${BOM}1}` },
  ])('does not read $name', ({ text }) => {
    expect(() => parseJson(Buffer.from(text))).toThrow(SyntaxError);
  });
});

describe('describeAnswer', () => {
  it.each([
    { bytes: '', want: 'it is empty' },
    { bytes: ` ${BOM}\n`, want: 'it is empty' },
    { bytes: gzipSync('{"status":true,"data":[]}'), want: 'gzip, which was not asked for' },
    { bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]), want: 'binary data' },
    {
      bytes: '<!DOCTYPE html>\n<html><head><title>\n Just a  moment...</title></head></html>',
      want: 'HTML, "Just a moment..."',
    },
    { bytes: '<html><body>x</body></html>', want: 'HTML' },
    {
      bytes: '<br />\n<b>Warning</b>:  Undefined variable $x in <b>/var/www/a.php</b><br />\n{"status":true,"data":[]}',
      want: 'text before the JSON, "Warning : Undefined variable $x in /var/www/a.php"',
    },
    { bytes: 'Service Unavailable', want: 'text, "Service Unavailable"' },
    { bytes: '{"status":true,"data":[{"id":1', want: 'it is broken or breaks off' },
    { bytes: 'invalid token 17|secret-token', want: 'text, "invalid token [hidden]"' },
    { bytes: `right\u202eleft\u0007 ${'x'.repeat(500)}`, want: `text, "right left  ${'x'.repeat(68)}…"` },
  ])('says $want', ({ bytes, want }) => {
    expect(described(bytes)).toBe(want);
  });

  it('leaves no half of a secret where the excerpt ends', () => {
    expect(described(`${'x'.repeat(75)} 17|secret-token {"a":1}`)).not.toContain('17|');
  });
});
