import type { Handover } from './callback';

/**
 * The media endpoint with our call id and the parameters in its query, for carriers that hand no parameters on beside it. `limit`: how
 * many there may be, and of how many characters together; the call id is the first, and what does not fit is left out.
 */
export const mediaUrlWith = (
  { callId, mediaUrl, parameters }: Handover,
  limit: { readonly count: number; readonly characters: number } = { count: Infinity, characters: Infinity },
): string => {
  const others = Object.entries(parameters).filter(([name]) => name !== 'call_id');
  const pairs: [string, string][] = [['call_id', callId], ...others];
  const query: string[] = [];
  for (const pair of pairs) {
    const text = new URLSearchParams([pair]).toString();
    const fits = query.length < limit.count && [...query, text].join('&').length <= limit.characters;
    if (fits) query.push(text);
  }
  return `${mediaUrl}${mediaUrl.includes('?') ? '&' : '?'}${query.join('&')}`;
};
