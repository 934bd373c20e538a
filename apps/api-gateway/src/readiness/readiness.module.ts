import { Module } from '@nestjs/common';
import { NumberListing } from './numbers/number-listing';
import { ReadinessController } from './readiness.controller';
import { ReadinessService } from './readiness.service';
import { SummaryController } from './summary/summary.controller';
import { SummaryService } from './summary/summary.service';

@Module({
  controllers: [ReadinessController, SummaryController],
  providers: [NumberListing, ReadinessService, SummaryService],
  exports: [NumberListing],
})
export class ReadinessModule {}
