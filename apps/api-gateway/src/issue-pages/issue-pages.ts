import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { READINESS_STATES } from '@dialtone/domain';
import { ISSUE_PAGES_PATH } from './issue-url';
import { folderAbove } from '@dialtone/platform';
import { renderPage } from './render-page';

const FOLDER = join('docs', 'issues');
const ALL = { href: ISSUE_PAGES_PATH, text: 'All issues' };

/** The states that have a page: READY needs none. */
export const STATES_WITH_PAGE: readonly string[] = READINESS_STATES.filter((state) => state !== 'READY');

/** The pages of docs/issues as HTML, read once at start; a missing page stops the start. */
@Injectable()
export class IssuePages {
  private readonly pages: ReadonlyMap<string, string>;
  readonly index: string;

  constructor() {
    const folder = folderAbove(__dirname, FOLDER);
    const text = (name: string): string => readFileSync(join(folder, `${name}.md`), 'utf8');
    this.index = renderPage(text('README'));
    this.pages = new Map(STATES_WITH_PAGE.map((state) => [state, renderPage(text(state), ALL)]));
  }

  /** Null when there is no such page. */
  find(name: string): string | null {
    return this.pages.get(name) ?? null;
  }
}
