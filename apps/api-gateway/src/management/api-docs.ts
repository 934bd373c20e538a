import { applyDecorators } from '@nestjs/common';
import { ApiParam, ApiResponse } from '@nestjs/swagger';
import { ApiErrors } from '../http/errors/api-docs';
import { VOICELINK_READ_ERRORS, VOICELINK_WRITE_ERRORS } from '../http/errors/voicelink-errors';
import { MAX_ID } from '../http/input/kinds';

type Example = Readonly<Record<string, unknown>>;

const RECORD = { type: 'object', additionalProperties: true } as const;

const answer = (description: string, status: number, data: Example, example: Example): MethodDecorator =>
  ApiResponse({
    status,
    description,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['success', 'data'],
          properties: { success: { type: 'boolean', enum: [true] }, data },
        },
        example: { success: true, data: example },
      },
    },
  });

/** A list of VoiceLink, passed on: the rows are at `data.data`. */
export const PassedOnList = (description: string, row: Example): MethodDecorator =>
  applyDecorators(
    answer(
      description,
      200,
      {
        ...RECORD,
        properties: { data: { type: 'array', items: RECORD, description: 'The rows as VoiceLink lists them.' } },
      },
      { status: true, message: 'Success', data: [row] },
    ),
    ApiErrors(...VOICELINK_READ_ERRORS),
  );

/** What VoiceLink answers to a write, passed on. */
export const PassedOnAnswer = (description: string, status: 200 | 201, data: Example): MethodDecorator =>
  applyDecorators(
    answer(
      description,
      status,
      { ...RECORD, description: "VoiceLink's own answer; its shape may vary." },
      { status: true, message: description, data },
    ),
    ApiErrors(...VOICELINK_WRITE_ERRORS),
  );

export const UpstreamIdParam = (name: string, example: number): MethodDecorator =>
  ApiParam({
    name,
    description: 'As VoiceLink lists it.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_ID, example },
  });
