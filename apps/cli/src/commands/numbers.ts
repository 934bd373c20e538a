import { type BindingDto, getBinding } from '@dialtone/client';
import type { Gateway } from '../gateway/gateway';
import { bindingPages } from '../gateway/pages';
import type { Selection } from './selection';

/** Named numbers one by one, in their order; throws for one that is not declared. */
export const namedBindings = async (gateway: Gateway, numbers: readonly string[]): Promise<readonly BindingDto[]> => {
  const rows: BindingDto[] = [];
  for (const key of numbers) rows.push(await gateway.ask((base) => getBinding({ ...base, path: { key } })));
  return rows;
};

/** Every declaration that a selection fits. */
export const selectedBindings = async (
  gateway: Gateway,
  { query, fits }: Selection,
): Promise<readonly BindingDto[]> => {
  const rows: BindingDto[] = [];
  for await (const page of bindingPages(gateway, query)) rows.push(...page.filter(fits));
  return rows;
};
