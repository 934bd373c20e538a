import { Injectable } from '@nestjs/common';
import type { ConnectionRow } from '@dialtone/persistence';
import { CarrierCalls } from './carrier-calls';
import type { PlaceCall } from './placing';
import { VoiceLinkCalls } from './voicelink-calls';

/** Who places the calls of a connection. */
@Injectable()
export class Placers {
  constructor(
    private readonly voiceLink: VoiceLinkCalls,
    private readonly carriers: CarrierCalls,
  ) {}

  /** Throws when no call can be placed through the connection. */
  open(connection: ConnectionRow): Promise<PlaceCall> {
    const { provider } = connection;
    return provider === 'voicelink' ? this.voiceLink.open(connection) : this.carriers.open(connection, provider);
  }
}
