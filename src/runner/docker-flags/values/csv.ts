/**
 * The fields of one line of comma-separated values, as Go's encoding/csv reads it: a field that begins with `"` ends
 * with one and holds commas, and `""` inside it is one quote. Nothing when the quotes are wrong.
 */
export function parseCsv(line: string): readonly string[] | undefined {
  const fields: string[] = [];
  for (let start = 0; start <= line.length; ) {
    const field = line[start] === '"' ? readQuoted(line, start) : readBare(line, start);
    if (field === undefined) return undefined;
    fields.push(field.text);
    start = field.end + 1;
  }
  return fields;
}

interface Field {
  readonly text: string;
  /** Where the comma after it is, or the end of the line. */
  readonly end: number;
}

function readBare(line: string, start: number): Field | undefined {
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
