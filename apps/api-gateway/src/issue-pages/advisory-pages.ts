import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ADVISORY_CODES } from '@dialtone/domain';
import { CONNECTION_ADVISORY_CODES } from '@dialtone/engine';
import { folderAbove } from '@dialtone/platform';
import { renderPage } from './render-page';

export const ADVISORIES_WITH_PAGE: readonly string[] = [...ADVISORY_CODES, ...CONNECTION_ADVISORY_CODES];

/** The pages of docs/advisories as HTML, read once at start; a missing page stops the start. */
@Injectable()
export class AdvisoryPages {
  private readonly pages: ReadonlyMap<string, string>;

  constructor() {
    const folder = folderAbove(__dirname, join('docs', 'advisories'));
    const page = (code: string): string => renderPage(readFileSync(join(folder, `${code}.md`), 'utf8'));
    this.pages = new Map(ADVISORIES_WITH_PAGE.map((code) => [code, page(code)]));
  }

  /** Null when there is no such page. */
  find(code: string): string | null {
    return this.pages.get(code) ?? null;
  }
}
