import type { Provider } from '../world/provider';
import type { CarrierModel } from './carrier-model';
import { exotel } from './exotel/exotel';
import { jambonz } from './jambonz/jambonz';
import { mcube } from './mcube/mcube';
import { plivo } from './plivo/plivo';
import { smartflo } from './smartflo/smartflo';
import { twilio } from './twilio/twilio';
import { vobiz } from './vobiz/vobiz';

export const CARRIERS: Readonly<Record<Provider, CarrierModel>> = {
  twilio,
  plivo,
  vobiz,
  exotel,
  tata_smartflo: smartflo,
  mcube,
  sip: jambonz,
};
