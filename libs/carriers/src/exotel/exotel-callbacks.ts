import { asJson, NOTHING, type CallbackSpec, type Handover } from '../callbacks/callback';
import { mediaUrlWith } from '../callbacks/media-url';
import { indianTime } from '../callbacks/times';
import { secondsIn, textIn } from '../http/read';
import { EXOTEL_STATES } from './exotel-states';

/** Exotel hands on three parameters of 256 characters together. */
export const exotelMediaUrl = (handover: Handover): string => mediaUrlWith(handover, { count: 3, characters: 256 });

/** https://developer.exotel.com/api/make-a-call-api (StatusCallback) */
export const exotelCallbacks: CallbackSpec = {
  prove: () => 'none',
  hear: (fields) => {
    const state =
      textIn(fields, 'EventType') === 'answered' ? 'in_progress' : EXOTEL_STATES[textIn(fields, 'Status') ?? ''];
    if (state === undefined) return null;
    return {
      state,
      at: indianTime(
        textIn(fields, state === 'in_progress' ? 'StartTime' : 'EndTime') ?? textIn(fields, 'DateUpdated'),
      ),
      carrierId: textIn(fields, 'CallSid'),
      callId: textIn(fields, 'CustomField'),
      durationSeconds: state === 'completed' ? secondsIn(fields, 'ConversationDuration') : null,
      reason: null,
    };
  },
  // The Voicebot applet of the partner's flow asks for the endpoint, when it is given an https URL.
  handOver: (handover) => asJson({ url: exotelMediaUrl(handover) }),
  hangUp: asJson({}),
  acknowledgement: NOTHING,
};
