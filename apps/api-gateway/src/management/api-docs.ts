import { applyDecorators } from '@nestjs/common';
import { ApiParam, ApiResponse } from '@nestjs/swagger';
import { ApiErrors, envelopeName } from '../http/errors/api-docs';
import { VOICELINK_READ_ERRORS, VOICELINK_WRITE_ERRORS } from '../http/errors/voicelink-errors';
import { MAX_ID } from '../http/input/kinds';
import { RECORD, type UpstreamRow } from './upstream-rows';

type Example = Readonly<Record<string, unknown>>;

const answer = (description: string, status: number, { data, example }: { data: Example; example: Example }) =>
  ApiResponse({
    status,
    description,
    content: {
      'application/json': {
        schema: {
          title: envelopeName(String(data['title'])),
          type: 'object',
          required: ['success', 'data'],
          properties: { success: { type: 'boolean', enum: [true] }, data },
        },
        example: { success: true, data: example },
      },
    },
  });

/** A list of VoiceLink, passed on: the rows are at `data.data`. */
export const PassedOnList = (description: string, row: UpstreamRow, example: Example): MethodDecorator =>
  applyDecorators(
    answer(description, 200, {
      data: {
        title: `${row.title}Page`,
        ...RECORD,
        properties: { data: { type: 'array', items: row, description: 'The rows as VoiceLink lists them.' } },
      },
      example: { status: true, message: 'Success', data: [example] },
    }),
    ApiErrors(...VOICELINK_READ_ERRORS),
  );

const WRITE_ANSWER = {
  title: 'VoiceLinkAnswer',
  ...RECORD,
  description: "VoiceLink's own answer; its shape may vary.",
};

/** What VoiceLink answers to a write, passed on. */
export const PassedOnAnswer = (description: string, status: 200 | 201, data: Example): MethodDecorator =>
  applyDecorators(
    answer(description, status, { data: WRITE_ANSWER, example: { status: true, message: description, data } }),
    ApiErrors(...VOICELINK_WRITE_ERRORS),
  );

export const UpstreamIdParam = (name: string, example: number): MethodDecorator =>
  ApiParam({
    name,
    description: 'As VoiceLink lists it.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_ID, example },
  });
