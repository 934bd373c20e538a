import { redactSecrets, REDACTED } from '@dialtone/domain';
import type { HistoryFacts } from '../../ports/history';

/** An endpoint as it may be kept: what stands in front of its host, and after its path, may be a secret. */
export const shownUrl = (url: string): string => {
  const [whole, scheme, authority = '', path = '', rest = ''] = URL_PARTS.exec(url) ?? [];
  if (whole === undefined || scheme === undefined) return REDACTED;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return `${scheme}${host}${path}${rest === '' ? '' : `?${REDACTED}`}`;
};

const URL_PARTS = /^([a-z][a-z\d+.-]*:\/\/)([^/?#]*)([^?#]*)(.*)$/is;

const isUrl = (name: string): boolean => /url$/i.test(name);

/** The same of a body for VoiceLink. */
export const shownBody = (body: HistoryFacts): HistoryFacts =>
  Object.fromEntries(
    Object.entries(redactSecrets(body)).map(([name, value]) => [
      name,
      isUrl(name) && typeof value === 'string' ? shownUrl(value) : value,
    ]),
  );
