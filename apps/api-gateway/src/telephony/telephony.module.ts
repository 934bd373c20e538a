import { Module } from '@nestjs/common';
import { TelephonyConfigController } from './telephony-config.controller';
import { TelephonyController } from './telephony.controller';
import { TelephonyService } from './telephony.service';

@Module({ controllers: [TelephonyController, TelephonyConfigController], providers: [TelephonyService] })
export class TelephonyModule {}
