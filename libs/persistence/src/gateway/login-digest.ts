import { canonicalUrl } from '@dialtone/domain';
import type { ConnectionCredentials, VoiceLinkCredentials } from './connection-store';

/**
 * Equal for two logins as the same user of one VoiceLink, whatever the password; null: not a login. A user name counts without
 * letter case, outer spaces and Unicode variants. Keyed, so that the database does not tell who logs in.
 */
export const loginDigest = (
  hmac: (text: string) => Buffer,
  baseUrl: string | null,
  credentials: ConnectionCredentials | VoiceLinkCredentials,
): Buffer | null => {
  const { username } = credentials;
  if (baseUrl === null || typeof username !== 'string') return null;
  return hmac(`voicelink login\n${canonicalUrl(baseUrl)}\n${username.normalize('NFKC').trim().toLowerCase()}`);
};
