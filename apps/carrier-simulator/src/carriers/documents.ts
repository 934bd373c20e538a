import type { Handover } from '../world/call';

const UNESCAPED: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
const unescape = (text: string): string =>
  text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return UNESCAPED[name ?? ''] ?? whole;
  });

const attribute = (tag: string, name: string): string | null => {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return found === null ? null : unescape(found[1] ?? found[2] ?? '');
};

const isResponse = (text: string): boolean => /<Response[\s>/]/.test(text);

/** TwiML: the URL is an attribute, parameters are elements. Null when it is no TwiML. */
export const readTwiml = (text: string): Handover | null => {
  if (!isResponse(text)) return null;
  const stream = /<Stream\b[^>]*>/.exec(text)?.[0];
  const named = [...text.matchAll(/<Parameter\b[^>]*>/g)].map(([tag]): [string, string] => [
    attribute(tag, 'name') ?? '',
    attribute(tag, 'value') ?? '',
  ]);
  return {
    mediaUrl: stream === undefined ? null : attribute(stream, 'url'),
    parameters: Object.fromEntries(named),
  };
};

/** The XML of Plivo and Vobiz: the URL is the text of the element, parameters are `extraHeaders="k=v,k=v"`. */
export const readStreamXml = (text: string): Handover | null => {
  if (!isResponse(text)) return null;
  const found = /(<Stream\b[^>]*>)([^<]*)<\/Stream>/.exec(text);
  const headers = (found === null ? null : attribute(found[1] ?? '', 'extraHeaders')) ?? '';
  const pairs = headers.split(',').flatMap((pair): [string, string][] => {
    const [name = '', ...value] = pair.split('=');
    return name.trim() === '' ? [] : [[name.trim(), value.join('=')]];
  });
  const url = unescape(found?.[2] ?? '').trim();
  return { mediaUrl: url === '' ? null : url, parameters: Object.fromEntries(pairs) };
};

const recordIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};

/** `{"wss_url": "wss://…"}`, and Exotel's `{"url": "wss://…"}`. */
export const readResolved = (text: string): Handover | null => {
  const found = recordIn(parse(text));
  const url = found['wss_url'] ?? found['url'];
  return typeof url === 'string' && found['success'] !== false ? { mediaUrl: url, parameters: {} } : null;
};

/** jambonz: a list of verbs, of which `listen` names the endpoint. */
export const readVerbs = (text: string): Handover | null => {
  const verbs = parse(text);
  if (!Array.isArray(verbs)) return null;
  const listen = recordIn(verbs.find((verb) => recordIn(verb)['verb'] === 'listen'));
  const { url, metadata } = listen;
  const named = Object.entries(recordIn(metadata)).map(([name, value]): [string, string] => [name, String(value)]);
  return { mediaUrl: typeof url === 'string' ? url : null, parameters: Object.fromEntries(named) };
};
