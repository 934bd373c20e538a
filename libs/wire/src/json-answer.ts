import type { Hide } from '@dialtone/domain';
import { excerptOf } from './shape-of';

const BYTE_ORDER_MARKS = /^\ufeff+/;

/** Throws when the bytes are not JSON. PHP files that were saved with a byte order mark send it before their JSON. */
export const parseJson = (bytes: Buffer): unknown =>
  JSON.parse(bytes.toString('utf8').replace(BYTE_ORDER_MARKS, '')) as unknown;

const LOOKED_AT = 4_000;
const LONGEST_EXCERPT = 80;
const HTML = /^<(?:!doctype\s+html|html|head|body)\b/i;
const TITLE = /<title[^>]*>(?<title>[^<]*)/i;
const JSON_START = /[{[]/;
const GZIP = [0x1f, 0x8b];
const REPLACEMENT = '\ufffd';

/** What came in place of JSON, for a warning. The excerpts in it are cut after `hide`, so that no half of a secret is left. */
export const describeAnswer = (bytes: Buffer, hide: Hide): string => {
  if (GZIP.every((byte, index) => bytes[index] === byte)) return 'gzip, which was not asked for';
  const text = bytes.toString('utf8', 0, LOOKED_AT).replace(BYTE_ORDER_MARKS, '').trim();
  if (text === '') return 'it is empty';
  if (text.includes('\0') || text.startsWith(REPLACEMENT)) return 'binary data';
  if (HTML.test(text)) return `HTML${quoted(TITLE.exec(text)?.groups?.['title'] ?? '', hide)}`;
  return describeText(text, hide);
};

const describeText = (text: string, hide: Hide): string => {
  const start = text.search(JSON_START);
  if (start === 0) return 'it is broken or breaks off';
  return start > 0 ? `text before the JSON${quoted(text.slice(0, start), hide)}` : `text${quoted(text, hide)}`;
};

const quoted = (text: string, hide: Hide): string => {
  const excerpt = excerptOf(hide(text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')), LONGEST_EXCERPT);
  return excerpt === '' ? '' : `, "${excerpt}"`;
};
