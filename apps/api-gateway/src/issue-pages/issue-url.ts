import type { Issue } from '@dialtone/domain';

export const ISSUE_PAGES_PATH = '/docs/issues';

/**
 * Where the page about an issue is: a reference that is resolved against the address of the API, since the gateway does
 * not know under which name it is reached.
 */
export const issueUrlOf = (issue: Issue): string => `${ISSUE_PAGES_PATH}/${issue}`;
