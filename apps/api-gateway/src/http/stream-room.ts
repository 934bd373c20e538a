import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_SETTINGS, type GatewaySettings } from '../outside/tokens';
import { WaitingRoom, type RoomTerms } from './waiting-room';

/** Fewer than the connections that a process takes: requests find room beside streams. */
const MAX_STREAMS = 1_500;

/** Bounds the streams of events that are open. They leave when the request ends, however it ends. */
@Injectable()
export class StreamRoom extends WaitingRoom {
  protected override readonly terms: RoomTerms;

  constructor(@Inject(GATEWAY_SETTINGS) settings: Pick<GatewaySettings, 'streamsPerPartner'>) {
    super();
    this.terms = {
      all: MAX_STREAMS,
      ofPartner: settings.streamsPerPartner === 0 ? MAX_STREAMS : settings.streamsPerPartner,
      what: 'event streams',
      doing: 'are open',
      advice: 'end one, or try again',
    };
  }
}
