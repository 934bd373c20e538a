import { Global, Module } from '@nestjs/common';
import { ConnectionSelection } from './connection-selection';
import { RequestDrain } from './request-drain';
import { RequestLimit } from './request-limit';

/** What every feature needs of the HTTP side. */
@Global()
@Module({
  providers: [ConnectionSelection, RequestDrain, RequestLimit],
  exports: [ConnectionSelection, RequestDrain, RequestLimit],
})
export class HttpModule {}
