import { createRequire } from 'node:module';
import { Ajv, type ErrorObject } from 'ajv';

const require = createRequire(import.meta.url);
/** The schema of SARIF 2.1.0 from the matchers of the standard's authors; JSON Schema draft 4. */
const {
  id,
  $schema: _draft4,
  ...schema
} = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');

const ajv = new Ajv({
  allErrors: true,
  strict: false,
  // One of its patterns has a stray bracket, which is an error only in Unicode mode.
  unicodeRegExp: false,
  formats: {
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) =>
      URL.canParse(text, 'file:///') && /^[\w.~:/?#[\]@!$&'()*+,;=%-]*$/.test(text),
    'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
  },
});
const validate = ajv.compile({ ...schema, $id: id });

/** Returns the schema errors of a SARIF log; empty if it is valid. */
export function sarifErrors(log: unknown): readonly ErrorObject[] {
  return validate(log) ? [] : (validate.errors ?? []);
}
