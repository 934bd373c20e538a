import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Scope } from '@dialtone/persistence';

/** Which callers a route admits. Every route has exactly one policy; the guard refuses a route without one. */
export type Policy = { readonly kind: 'public' } | { readonly kind: 'scope'; readonly scope: Scope };

export const POLICY_KEY = 'dialtone:policy';

/** Needs no API key. */
export const Public = (): CustomDecorator => SetMetadata(POLICY_KEY, { kind: 'public' } satisfies Policy);

/** Needs a valid API key with this scope. */
export const RequireScope = (scope: Scope): CustomDecorator =>
  SetMetadata(POLICY_KEY, { kind: 'scope', scope } satisfies Policy);
