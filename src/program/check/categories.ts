import { type Check, type Checked, refusal, warning } from './check.js';

/** Who is in which category, and whether everybody is in one and each has somebody in it. */

const rules = ({ read }: Checked): readonly string[] => read.keys('/categoryRules').map((place) => `/categoryRules/${place}`);
const isAlways = ({ read }: Checked, rule: string): boolean => read.value(`${rule}/when/always`) === true;
const known = ({ read }: Checked): readonly string[] => read.keys('/categories');

/** Rules that lead to categories which the edition does not have. */
export const unknownCategories: Check = (checked) =>
  rules(checked).flatMap((rule) =>
    ['adult', 'child'].flatMap((age) => {
      const code = checked.read.text(`${rule}/${age}`) ?? '';
      return known(checked).includes(code) ? [] : [refusal(checked, `${rule}/${age}`, `There is no category “${code}” in this edition.`)];
    }),
  );

/** Rules that make an adult of a child, or the reverse. */
export const wrongAges: Check = (checked) =>
  rules(checked).flatMap((rule) =>
    (['adult', 'child'] as const).flatMap((age) => {
      const code = checked.read.text(`${rule}/${age}`) ?? '';
      const category = checked.read.text(`/categories/${code}/age`);
      const wrong = category === (age === 'adult' ? 'child' : 'adult');
      return wrong ? [refusal(checked, `${rule}/${age}`, `“${code}” is a category of the other age.`)] : [];
    }),
  );

/** A rule behind one that always matches is never asked; without a last one that always matches, somebody has no category at all. */
export const rulesNeverAsked: Check = (checked) => {
  const all = rules(checked);
  const last = all.findIndex((rule) => isAlways(checked, rule));
  if (last < 0)
    return [
      warning(
        checked,
        '/categoryRules',
        'Whoever matches none of these rules has no category and gets no authorization. End with a rule that always matches.',
      ),
    ];
  return all.slice(last + 1).map((rule) => refusal(checked, rule, 'No patient comes to this rule: the one before it takes everybody.'));
};

/** Categories to which no rule that is ever asked leads, and no birthday either. */
export const emptyCategories: Check = (checked) => {
  const { read } = checked;
  const all = rules(checked);
  const last = all.findIndex((rule) => isAlways(checked, rule));
  const asked = last < 0 ? all : all.slice(0, last + 1);
  const reached = new Set(asked.flatMap((rule) => [read.text(`${rule}/adult`), read.text(`${rule}/child`)]));
  for (const code of known(checked)) if (reached.has(code)) reached.add(read.text(`/categories/${code}/adultCode`));
  return known(checked).flatMap((code) =>
    reached.has(code) ? [] : [refusal(checked, `/categories/${code}`, 'Nobody can be in this category: no rule leads to it.')],
  );
};

/** On the birthday of adulthood every child becomes an adult of a category that exists, once and for all. */
export const adultCodes: Check = (checked) => {
  const { read } = checked;
  return known(checked).flatMap((code) => {
    const path = `/categories/${code}/adultCode`;
    const adult = read.text(path);
    const age = read.text(`/categories/${code}/age`);
    if (adult === null)
      return age === 'child'
        ? [refusal(checked, path, 'Say which category a child of this one is in from the birthday of adulthood on.')]
        : [];
    if (!known(checked).includes(adult)) return [refusal(checked, path, `There is no category “${adult}” in this edition.`)];
    if (adult === code) return [refusal(checked, path, 'It names itself: nobody would ever come of age.')];
    if (comesBack(checked, code))
      return [refusal(checked, path, 'Followed from category to category it comes back here: nobody would ever come of age.')];
    return read.text(`/categories/${adult}/age`) === 'child' ? [refusal(checked, path, `“${adult}” is a children’s category.`)] : [];
  });
};

function comesBack({ read }: Checked, start: string): boolean {
  const passed = new Set<string>();
  let code: string | null = start;
  while (code !== null && !passed.has(code)) {
    passed.add(code);
    code = read.text(`/categories/${code}/adultCode`);
  }
  return code !== null;
}
