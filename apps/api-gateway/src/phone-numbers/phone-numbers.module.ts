import { Module } from '@nestjs/common';
import { InboundLooks } from './inbound-looks';
import { PhoneNumbersController } from './phone-numbers.controller';
import { PhoneNumbersService } from './phone-numbers.service';

@Module({ controllers: [PhoneNumbersController], providers: [InboundLooks, PhoneNumbersService] })
export class PhoneNumbersModule {}
