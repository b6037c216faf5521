import type { ReaderContext } from '../authorization/answer.js';
import type { Decided } from '../authorization/command.runner.js';
import { dateAt } from '../domain/calendar.js';
import { sayDay } from '../wording/say-when.js';
import { zoneOnRecord } from './registered-site.js';

/** What the wording may say to this site beside the decision: her own clock, her own certification, what her own prescription shows. */
export function counterReader(decided: Decided, siteZone: string | null): ReaderContext {
  const { loaded, command, decision, edition } = decided;
  const { authorization } = decision;
  const fill = authorization === null ? undefined : loaded.file.fills.find((each) => each.authorization === authorization.id);
  const site = loaded.file.participants[command.by.id];
  const certificationEnd = site?.certifiedUntil ?? null;
  const shown = 'presented' in command ? command.presented.showsCategory : null;
  return {
    hereZone: zoneOnRecord(command.by.id, loaded) ?? siteZone,
    filledOn: fill === undefined ? null : sayDay(fill.handedOver.on),
    certificationEndedOn: certificationEnd !== null && certificationEnd < loaded.at ? sayDay(dateAt(certificationEnd, edition.zone)) : null,
    paperShowsOtherCategory:
      shown !== null && authorization !== null && authorization.category !== null && shown !== authorization.category,
  };
}
