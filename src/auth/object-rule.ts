/**
 * Which objects a role may reach with an operation. The names stand in the permission table; a store turns each into a predicate of
 * its query, so that an object of somebody else is not found (404) rather than forbidden: a 403 would say that it exists.
 */
const OBJECT_RULES = {
  public: 'nothing that belongs to anybody',
  any: 'every object of the program',
  self: 'the caller’s own record',
  'own-ward': 'the patient named in the token, while the guardianship lasts',
  // When enrolling: those who become his own by it.
  'own-patient': 'patients enrolled with this prescriber at this moment',
  // Who issued answers for it until it ends, also after the patient has gone to another prescriber.
  'own-or-open-issue':
    'patients enrolled with this prescriber at this moment, and those with an open authorization that this prescriber issued',
  'delegated-patient': 'patients of a prescriber whose delegation to the caller is in force at this moment',
  // The entry names both, the patient as the source and the agent as the writer.
  'answering-patient': 'the patient on the line, whose identity was checked',
  // An authorization is found by its number and the patient's identifiers: whoever has those may ask, so there is nothing to hide with 404.
  'own-site': 'the pharmacy site named in the token',
  'own-reservation': 'authorizations that the pharmacy site named in the token holds or has handed over',
  'own-command': 'commands sent under the caller’s account',
} as const;

export type ObjectRule = keyof typeof OBJECT_RULES;

/** The rule in words, for documents, tests and the API description. */
export function objectRule(name: ObjectRule): string {
  return OBJECT_RULES[name];
}
