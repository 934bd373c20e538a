import { CredentialsUnreadableError } from '@dialtone/engine';
import type { ConnectionCredentials, VoiceLinkCredentials } from './connection-store';
import { openAt, openedAt, sealAt } from '../sealed-columns';
import type { SecretBox } from '../secret-box';

/** A connection's credentials are sealed as one text, which hides even their number and names. */
export const sealCredentials = (
  box: SecretBox,
  id: string,
  credentials: ConnectionCredentials | VoiceLinkCredentials,
): Buffer => sealAt(box, 'credentials', id, JSON.stringify(credentials));

/** Whether the sealed credentials equal these. Credentials that cannot be opened count as different. */
export const isSealedOf = (box: SecretBox, id: string, sealed: Buffer, credentials: ConnectionCredentials): boolean =>
  openedAt(box, 'credentials', id, sealed) === JSON.stringify(credentials);

/** Throws CredentialsUnreadableError. */
export const openVoiceLinkCredentials = (box: SecretBox, id: string, sealed: Buffer): VoiceLinkCredentials =>
  openCredentials(box, id, sealed) as unknown as VoiceLinkCredentials;

/** Throws CredentialsUnreadableError. */
export const openCredentials = (box: SecretBox, id: string, sealed: Buffer): ConnectionCredentials => {
  try {
    return JSON.parse(openAt(box, 'credentials', id, sealed)) as ConnectionCredentials;
  } catch (error) {
    throw new CredentialsUnreadableError(id, error);
  }
};
