import type { WebhookTarget } from '@dialtone/engine';
import { openedAt, sealAt } from '../sealed-columns';
import type { SecretBox } from '../secret-box';

/** What is sealed of a webhook, as one text. */
export interface SealedTarget {
  readonly url: string;
  readonly secret: string;
  /** The one before; null: there is none that may still hold. */
  readonly previous: string | null;
}

export const sealTarget = (box: SecretBox, id: string, target: SealedTarget): Buffer =>
  sealAt(box, 'webhook', id, JSON.stringify(target));

/** Null: no key of this deployment opens it. */
export const openTarget = (box: SecretBox, id: string, sealed: Buffer): SealedTarget | null => {
  const opened = openedAt(box, 'webhook', id, sealed);
  return opened === null ? null : (JSON.parse(opened) as SealedTarget);
};

/** As a sender needs it. `withPrevious`: the secret before holds. */
export const targetOf = ({ url, secret, previous }: SealedTarget, withPrevious: boolean): WebhookTarget => ({
  url,
  secrets: withPrevious && previous !== null ? [secret, previous] : [secret],
});
