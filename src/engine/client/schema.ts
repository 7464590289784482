/** What a part of an answer has to be; what is not is dropped, because any program may stand behind a socket. */
export type Schema =
  | 'text'
  | 'number'
  | 'flag'
  /** Looked at by nobody, or by its reader alone. */
  | 'any'
  | { readonly list: Schema }
  | { readonly map: Schema }
  | {
      /** Other fields stay as they are. */
      readonly fields: Readonly<Record<string, Schema>>;
      /** Without these it is nothing. */
      readonly required?: readonly string[];
    };

/**
 * The parts of a JSON value that have the shape: a field of another type, or null, is left out, an item of a list too.
 * Null stays where a map has lists (`{"80/tcp": null}`). Nothing where the whole is something else.
 */
export function parse(value: unknown, shape: Schema): unknown {
  if (shape === 'any') return value;
  if (typeof shape === 'string') return typeof value === types[shape] ? value : undefined;
  if ('list' in shape) return Array.isArray(value) ? parseList(value, shape.list) : undefined;
  if (!isRecord(value)) return undefined;
  if ('map' in shape) return parseMap(value, shape.map);
  const { fields, required = [] } = shape;
  const known = Object.entries(fields).flatMap(([name, inner]) =>
    Object.hasOwn(value, name) ? [[name, parse(value[name], inner)] as const] : [],
  );
  const record = { ...value, ...Object.fromEntries(known) };
  return required.every((name) => record[name] !== undefined) ? record : undefined;
}

const types = { text: 'string', number: 'number', flag: 'boolean' } as const;

function parseList(items: readonly unknown[], shape: Schema): readonly unknown[] {
  return items.flatMap((item) => {
    const kept = parse(item, shape);
    return kept === undefined ? [] : [kept];
  });
}

function parseMap(map: Readonly<Record<string, unknown>>, shape: Schema): unknown {
  return Object.fromEntries(
    Object.entries(map).flatMap(([key, item]) => {
      const isEmptyList = item === null && typeof shape === 'object' && 'list' in shape;
      const kept = isEmptyList ? null : parse(item, shape);
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
