import { Module } from '@nestjs/common';
import { PausesController } from './pauses.controller';
import { SteeringController } from './steering.controller';

@Module({ controllers: [SteeringController, PausesController] })
export class SteeringModule {}
