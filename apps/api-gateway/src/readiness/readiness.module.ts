import { Module } from '@nestjs/common';
import { NumberListing } from './numbers/number-listing';
import { ReadinessController } from './readiness.controller';
import { ReadinessService } from './readiness.service';
import { SummaryController } from './summary/summary.controller';
import { SummaryService } from './summary/summary.service';
import { TrendController } from './trend/trend.controller';
import { TrendService } from './trend/trend.service';

@Module({
  controllers: [ReadinessController, SummaryController, TrendController],
  providers: [NumberListing, ReadinessService, SummaryService, TrendService],
  exports: [NumberListing],
})
export class ReadinessModule {}
