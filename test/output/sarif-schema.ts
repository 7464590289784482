import { createRequire } from 'node:module';
import { Ajv, type ErrorObject } from 'ajv';

const require = createRequire(import.meta.url);
/** SARIF 2.1.0 as the standard's authors ship it with their own matchers; JSON Schema draft 4. */
const {
  id,
  $schema: _draft4,
  ...schema
} = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');

const ajv = new Ajv({
  allErrors: true,
  strict: false,
  // One of its patterns has a stray bracket, which is an error in Unicode mode only.
  unicodeRegExp: false,
  formats: {
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) =>
      URL.canParse(text, 'file:///') && /^[\w.~:/?#[\]@!$&'()*+,;=%-]*$/.test(text),
    'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
  },
});
const validate = ajv.compile({ ...schema, $id: id });

/** What is wrong with a SARIF log by its schema; empty when it is valid. */
export function sarifFaults(log: unknown): readonly ErrorObject[] {
  return validate(log) ? [] : (validate.errors ?? []);
}
