import type { Handover } from '../callbacks/callback';
import { attribute, XML_DECLARATION } from '../http/xml';

/** Connects the answered call to the media endpoint, both ways. Twilio takes no query in the URL: parameters go beside it. */
export const connectStream = ({ callId, mediaUrl, parameters }: Handover): string => {
  const [url = '', query = ''] = mediaUrl.split(/\?(.*)/s);
  const all = Object.entries({ ...Object.fromEntries(new URLSearchParams(query)), ...parameters, call_id: callId });
  const inner = all
    .map(([name, value]) => `<Parameter name="${attribute(name)}" value="${attribute(value)}"/>`)
    .join('');
  return `${XML_DECLARATION}<Response><Connect><Stream url="${attribute(url)}">${inner}</Stream></Connect></Response>`;
};
