import { Module } from '@nestjs/common';
import { InboundLooks } from './inbound-looks';
import { OpenedCarriers } from './opened-carriers';
import { PhoneNumbersController } from './phone-numbers.controller';
import { PhoneNumbersService } from './phone-numbers.service';

@Module({ controllers: [PhoneNumbersController], providers: [InboundLooks, OpenedCarriers, PhoneNumbersService] })
export class PhoneNumbersModule {}
