import { Module } from '@nestjs/common';
import { ReadinessController } from './readiness.controller';
import { ReadinessService } from './readiness.service';
import { SummaryController } from './summary/summary.controller';
import { SummaryService } from './summary/summary.service';

@Module({ controllers: [ReadinessController, SummaryController], providers: [ReadinessService, SummaryService] })
export class ReadinessModule {}
