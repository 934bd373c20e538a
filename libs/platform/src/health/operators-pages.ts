import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Header, NotFoundException, Param } from '@nestjs/common';
import { folderAbove } from '../folder-above';

const FOLDER = join('docs', 'operations');
/** No path: what it names lies in the folder itself. */
const PAGE = /^[\w-]+[.]md$/;

const textOf = async (...names: readonly string[]): Promise<string> => {
  try {
    return await readFile(join(folderAbove(__dirname, FOLDER), ...names), 'utf8');
  } catch {
    throw new NotFoundException(`There is no page ${names.join('/')}.`);
  }
};

const asked = (name: string): string => {
  if (!PAGE.test(name)) throw new NotFoundException('There is no page of this name.');
  return name;
};

/** The pages that alerts and dashboards lead to, as they are written. */
@Controller('docs/operations')
export class OperatorsPages {
  @Get(':page')
  @Header('content-type', 'text/plain; charset=utf-8')
  page(@Param('page') page: string): Promise<string> {
    return textOf(asked(page));
  }

  @Get('runbooks/:page')
  @Header('content-type', 'text/plain; charset=utf-8')
  runbook(@Param('page') page: string): Promise<string> {
    return textOf('runbooks', asked(page));
  }
}
