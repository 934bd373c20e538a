import { Module } from '@nestjs/common';
import { TelephonyConfigController } from './telephony-config.controller';
import { TelephonyController } from './telephony.controller';
import { AccessVerification } from './access-verification';
import { TelephonyService } from './telephony.service';

@Module({
  controllers: [TelephonyController, TelephonyConfigController],
  providers: [AccessVerification, TelephonyService],
})
export class TelephonyModule {}
