import { Global, Module } from '@nestjs/common';
import { Admission } from './admission';
import { ConnectionSelection } from './connection-selection';
import { RequestDrain } from './request-drain';
import { RequestLimit } from './request-limit';

/** What every feature needs of the HTTP side. */
@Global()
@Module({
  providers: [Admission, ConnectionSelection, RequestDrain, RequestLimit],
  exports: [Admission, ConnectionSelection, RequestDrain, RequestLimit],
})
export class HttpModule {}
