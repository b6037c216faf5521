import type { Flaw } from '../edition.schema.js';
import { materialsOf } from '../materials.js';
import { productsOf, sameProduct } from '../products.js';
import { type Check, refusal, warning } from './check.js';

/** When an edition holds beside others, for which products, and with which texts. */

/** Two editions of a program that would hold at the same time. */
export const overlappingTerms: Check = (checked) => {
  const { edition, others } = checked;
  const flaws: Flaw[] = [];
  for (const { edition: other } of others) {
    if (other.edition === edition.edition) flaws.push(refusal(checked, '/edition', 'Another edition of this program has this name.'));
    if (other.effectiveFrom === edition.effectiveFrom)
      flaws.push(refusal(checked, '/effectiveFrom', `Edition ${other.edition} takes effect at this very moment.`));
    else if (other.effectiveFrom < edition.effectiveFrom) {
      if (other.effectiveUntil !== null && other.effectiveUntil >= edition.effectiveFrom)
        flaws.push(refusal(checked, '/effectiveFrom', `Edition ${other.edition} still holds then, by its own words.`));
    } else if (edition.effectiveUntil !== null && edition.effectiveUntil >= other.effectiveFrom)
      flaws.push(refusal(checked, '/effectiveUntil', `Edition ${other.edition} takes effect before this one ends.`));
  }
  const last = others.map((each) => each.edition).findLast((other) => other.effectiveFrom > edition.effectiveFrom);
  if (last) flaws.push(warning(checked, '/effectiveFrom', `Edition ${last.edition} is on file and takes its place later.`));
  return flaws;
};

/** What carries over from an edition has to come from one that is there. */
export const transitionKnown: Check = (checked) => {
  const { read, others } = checked;
  const from = read.text('/transition/from');
  if (from === null) return [];
  const earlier = others.find((each) => each.edition.edition === from)?.edition;
  if (!earlier) return [refusal(checked, '/transition/from', `There is no edition “${from}” of this program on file.`)];
  return read
    .keys('/transition/sameCategories')
    .filter((old) => earlier.categories[old] === undefined)
    .map((old) => refusal(checked, `/transition/sameCategories/${old}`, `Edition ${from} has no category “${old}”.`));
};

/** Texts that were not read by whoever names their hash, or that nobody has. */
export const materialsMatch: Check = (checked) =>
  materialsOf(checked.read.document).flatMap(({ code, file, sha256, title }) => {
    if (file === null || sha256 === null)
      return [warning(checked, `/materials/${code}`, `The text of “${title}” is not on file; people are told its name only.`)];
    const found = checked.textOf(file, sha256);
    if (found === null) return [refusal(checked, `/materials/${code}/file`, 'There is no such file beside the edition.')];
    return found === sha256
      ? []
      : [refusal(checked, `/materials/${code}/sha256`, 'The file beside the edition is another one than the hash names.')];
  });

/** A product belongs to one program of a jurisdiction at a time, or nobody could tell which rules hold for it. */
export const productsClaimed: Check = (checked) => {
  const { edition, elsewhere } = checked;
  const own = productsOf(checked.read.document);
  return (own.codes ?? []).flatMap((code, place) => {
    const claims = elsewhere.find((other) => {
      const theirs = productsOf(other.document);
      const meanwhile = other.edition.effectiveUntil === null || other.edition.effectiveUntil >= edition.effectiveFrom;
      return meanwhile && theirs.jurisdiction === own.jurisdiction && (theirs.codes ?? []).some((each) => sameProduct(each, code));
    });
    return claims
      ? [refusal(checked, `/products/codes/${place}`, `The program ${claims.edition.program} has this product in the same jurisdiction.`)]
      : [];
  });
};
