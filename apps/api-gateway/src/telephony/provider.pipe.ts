import { Injectable, type PipeTransform } from '@nestjs/common';
import { TELEPHONY_PROVIDERS, type TelephonyProvider } from '@dialtone/persistence';
import { invalidInput } from '../http/errors/api-error';

/** Spellings in a path: `tata-smartflo` as in the older endpoints, and `tata_smartflo`. */
export const PROVIDER_PATHS: readonly string[] = [...TELEPHONY_PROVIDERS, 'tata-smartflo'];

/** A provider in the path. */
@Injectable()
export class ProviderPipe implements PipeTransform<string, TelephonyProvider> {
  transform(raw: string): TelephonyProvider {
    const provider = TELEPHONY_PROVIDERS.find((name) => name === raw || name.replace('_', '-') === raw);
    if (provider === undefined) {
      throw invalidInput('provider', `provider must be one of ${TELEPHONY_PROVIDERS.join(', ')}.`);
    }
    return provider;
  }
}
