import type { Issue } from '@dialtone/domain';

export const ISSUE_PAGES_PATH = '/docs/issues';

/**
 * The page about an issue, as a reference relative to the address of the API: the gateway does not know its own public
 * name.
 */
export const issueUrlOf = (issue: Issue): string => `${ISSUE_PAGES_PATH}/${issue}`;
