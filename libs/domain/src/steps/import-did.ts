import { needed, type StepDefinition } from './step';

export interface ImportDid {
  readonly kind: 'import_did';
  readonly phoneNumber: string;
  readonly friendlyName: string;
}

export const importDid: StepDefinition<'import_did', ImportDid> = {
  kind: 'import_did',
  section: null,
  leavesForVoiceLink: false,
  decide: ({ observation, phoneNumber }) =>
    observation.local === null
      ? needed(
          'import_did',
          { kind: 'import_did', phoneNumber, friendlyName: observation.key },
          ['Import', 'Imported'],
          `${phoneNumber} into local phone-number inventory`,
        )
      : {
          step: 'import_did',
          status: 'already',
          detail: `${phoneNumber} is in local phone-number inventory`,
          data: { local_phone_number_id: observation.local.id },
        },
};
