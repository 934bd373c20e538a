import type { CallOrder } from '../port';
import { attribute, XML_DECLARATION } from '../http/xml';

/** Connects the answered call to the media endpoint, both ways. A query in the URL would be dropped: parameters go beside it. */
export const connectStream = ({
  callId,
  mediaUrl,
  parameters,
}: Omit<CallOrder, 'callerId' | 'from' | 'to'>): string => {
  const all = Object.entries({ ...parameters, call_id: callId });
  const inner = all
    .map(([name, value]) => `<Parameter name="${attribute(name)}" value="${attribute(value)}"/>`)
    .join('');
  return `${XML_DECLARATION}<Response><Connect><Stream url="${attribute(mediaUrl)}">${inner}</Stream></Connect></Response>`;
};
