/** The expected type of a part of a response. Other parts are dropped, because any program may listen on a socket. */
export type Schema =
  | 'string'
  | 'number'
  | 'boolean'
  /** Not used, or validated by its reader. */
  | 'unknown'
  | { readonly list: Schema }
  | { readonly map: Schema }
  | {
      /** Other fields are kept unchanged. */
      readonly fields: Readonly<Record<string, Schema>>;
      /** A record without one of these fields is dropped. */
      readonly required?: readonly string[];
      /** Makes other fields part of the type, for records that are sent back to the engine. */
      readonly rest?: 'unknown';
    };

/** The type of `parse(value, schema)` if the value matches the schema. */
export type Infer<S> = S extends keyof Primitives
  ? Primitives[S]
  : S extends { readonly list: infer Item }
    ? readonly Infer<Item>[]
    : S extends { readonly map: infer Item }
      ? Readonly<
          Record<string, Infer<Item> | (Item extends { readonly list: unknown } ? null : never)>
        >
      : S extends { readonly fields: infer Fields }
        ? InferFields<Fields, RequiredOf<S>> &
            (S extends { readonly rest: 'unknown' } ? Readonly<Record<string, unknown>> : unknown)
        : never;

interface Primitives {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
  readonly unknown: unknown;
}

type RequiredOf<S> = S extends { readonly required: readonly (infer Name)[] } ? Name : never;

type InferFields<Fields, Required> = {
  readonly [Name in Extract<keyof Fields, Required>]: Infer<Fields[Name]>;
} & { readonly [Name in Exclude<keyof Fields, Required>]?: Infer<Fields[Name]> };

/**
 * Returns the parts of a JSON value that match the schema. Fields and list items that are `null` or of another type are
 * dropped, but `null` stays in a map of lists (`{"80/tcp": null}`). `undefined` if the value as a whole does not match.
 */
export function parse(value: unknown, schema: Schema): unknown {
  if (schema === 'unknown') return value;
  if (typeof schema === 'string') return typeof value === schema ? value : undefined;
  if ('list' in schema) return Array.isArray(value) ? parseList(value, schema.list) : undefined;
  if (!isRecord(value)) return undefined;
  if ('map' in schema) return parseMap(value, schema.map);
  const { fields, required = [] } = schema;
  const known = Object.entries(fields).flatMap(([name, inner]) =>
    Object.hasOwn(value, name) ? [[name, parse(value[name], inner)] as const] : [],
  );
  const record = { ...value, ...Object.fromEntries(known) };
  return required.every((name) => record[name] !== undefined) ? record : undefined;
}

function parseList(items: readonly unknown[], schema: Schema): readonly unknown[] {
  return items.flatMap((item) => {
    const kept = parse(item, schema);
    return kept === undefined ? [] : [kept];
  });
}

function parseMap(map: Readonly<Record<string, unknown>>, schema: Schema): unknown {
  return Object.fromEntries(
    Object.entries(map).flatMap(([key, item]) => {
      const isEmptyList = item === null && typeof schema === 'object' && 'list' in schema;
      const kept = isEmptyList ? null : parse(item, schema);
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
