import { Module } from '@nestjs/common';
import { ConnectionStatesController } from './connection-states.controller';
import { ConnectionsController } from './connections.controller';

@Module({ controllers: [ConnectionsController, ConnectionStatesController] })
export class ConnectionsModule {}
