import { Global, Module } from '@nestjs/common';
import { Admission } from './access/admission';
import { DeclarationLimit } from './access/declaration-limit';
import { ConnectionSelection } from './input/connection-selection';
import { RequestDrain } from './server/request-drain';
import { RequestLimit } from './access/request-limit';
import { StreamRoom } from './stream-room';
import { WaitingRoom } from './waiting-room';

/** The HTTP services that every feature uses. */
@Global()
@Module({
  providers: [Admission, ConnectionSelection, DeclarationLimit, RequestDrain, RequestLimit, StreamRoom, WaitingRoom],
  exports: [Admission, ConnectionSelection, DeclarationLimit, RequestDrain, RequestLimit, StreamRoom, WaitingRoom],
})
export class HttpModule {}
