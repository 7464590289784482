/**
 * Returns the fields of one CSV line, as Go's encoding/csv parses it: a field that begins with `"` ends with one and may
 * contain commas, and `""` inside it is one quote. Returns `undefined` when the quotes do not match.
 */
export function parseCsv(line: string): readonly string[] | undefined {
  const fields: string[] = [];
  for (let start = 0; start <= line.length; ) {
    const field = line[start] === '"' ? readQuoted(line, start) : readUnquoted(line, start);
    if (field === undefined) return undefined;
    fields.push(field.text);
    start = field.end + 1;
  }
  return fields;
}

interface Field {
  readonly text: string;
  /** Index of the comma after the field, or the length of the line. */
  readonly end: number;
}

function readUnquoted(line: string, start: number): Field | undefined {
  const comma = line.indexOf(',', start);
  const end = comma < 0 ? line.length : comma;
  const text = line.slice(start, end);
  return text.includes('"') ? undefined : { text, end };
}

function readQuoted(line: string, start: number): Field | undefined {
  const [quoted = ''] = /^"(?:[^"]|"")*"(?=,|$)/.exec(line.slice(start)) ?? [];
  if (quoted === '') return undefined;
  return { text: quoted.slice(1, -1).replaceAll('""', '"'), end: start + quoted.length };
}
