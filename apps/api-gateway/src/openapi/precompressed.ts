import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** One form of a public text. */
interface Form {
  readonly etag: string;
  /** That describe the bytes. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

interface Sent {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent when the reader has it already. */
  readonly bytes?: Buffer;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const textOf = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? value.join(', ') : (value ?? '');

/** RFC 9110 §12.5.3, as far as it decides about gzip; a weight of zero refuses it. */
const takesGzip = (headers: Headers): boolean => {
  const weights = new Map(
    textOf(headers['accept-encoding'])
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
        const weight = parameters.find((parameter) => parameter.startsWith('q='));
        return [name, weight === undefined ? 1 : Number(weight.slice(2))];
      }),
  );
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
};

/** If-None-Match compares weakly: proxies mark a tag as weak when they pass it on. */
const isKnown = (headers: Headers, etag: string): boolean =>
  textOf(headers['if-none-match'])
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === etag || tag === '*');

/**
 * A long public text: compressed once, and the same bytes for all who ask, so that an answer that is not read costs no copy.
 * Each form has an entity tag of its own.
 */
export class Precompressed {
  private readonly plain: Form;
  private readonly gzip: Form;

  constructor(text: string, contentType: string) {
    const bytes = Buffer.from(text);
    const digest = createHash('sha256').update(bytes).digest('base64url');
    const type = { 'content-type': contentType };
    this.plain = { bytes, etag: `"${digest}"`, headers: type };
    this.gzip = {
      bytes: gzipSync(bytes, { level: 9 }),
      etag: `"${digest}-gzip"`,
      headers: { ...type, 'content-encoding': 'gzip' },
    };
  }

  answerTo(asked: Headers): Sent {
    const { etag, headers, bytes } = takesGzip(asked) ? this.gzip : this.plain;
    // To be asked for again, but not to be sent again.
    const common = { etag, 'cache-control': 'no-cache', vary: 'accept-encoding' };
    if (isKnown(asked, etag)) return { status: 304, headers: common };
    return { status: 200, headers: { ...common, ...headers }, bytes };
  }
}
