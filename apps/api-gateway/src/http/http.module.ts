import { Global, Module } from '@nestjs/common';
import { ConnectionSelection } from './connection-selection';
import { RequestDrain } from './request-drain';

/** What every feature needs of the HTTP side. */
@Global()
@Module({ providers: [ConnectionSelection, RequestDrain], exports: [ConnectionSelection, RequestDrain] })
export class HttpModule {}
