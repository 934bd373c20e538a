import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Scope } from '@dialtone/persistence';

/** Who may call a route. Every route has exactly one; the guard refuses a route without. */
export type Policy = { readonly kind: 'public' } | { readonly kind: 'scope'; readonly scope: Scope };

export const POLICY_KEY = 'dialtone:policy';

/** No API key is asked for. */
export const Public = (): CustomDecorator => SetMetadata(POLICY_KEY, { kind: 'public' } satisfies Policy);

/** Only for a valid API key that has this scope. */
export const RequireScope = (scope: Scope): CustomDecorator =>
  SetMetadata(POLICY_KEY, { kind: 'scope', scope } satisfies Policy);
