import { Inject, Injectable, type PipeTransform } from '@nestjs/common';
import { canonicalKey, type DidKey } from '@dialtone/domain';
import { GATEWAY_SETTINGS, type GatewaySettings } from '../../outside/tokens';
import { invalidInput } from '../errors/api-error';
import { mustBeNumber } from './must-be-number';

/** Turns any spelling of a phone number into its digits-only key. */
@Injectable()
export class DidKeyPipe implements PipeTransform<string, DidKey> {
  constructor(@Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings) {}

  transform(raw: string): DidKey {
    const key = canonicalKey(raw, this.settings.countryCode);
    if (key === null) {
      throw invalidInput('key', `${mustBeNumber('key')} In a path, + is written as %2B.`);
    }
    return key;
  }
}
