import { Client } from "pg";

type ColumnFact = {
  table: string;
  column: string;
  type: string;
  is_nullable: boolean;
  has_default: boolean;
  choices: string | null;
};

const typeNames: Record<string, string> = {
  bool: "boolean",
  bytea: "Bytes",
  date: "string",
  float8: "number",
  int2: "number",
  int4: "number",
  int8: "number",
  json: "Json",
  jsonb: "Json",
  numeric: "Decimal",
  text: "string",
  _int8: "string[]",
  _text: "string[]",
  _uuid: "string[]",
  timestamptz: "Instant",
  uuid: "string",
};

const heading = `// Written by scripts/generate-schema.ts from a migrated database; do not edit.
import type { JsonValue } from "#kit";
import type { ColumnType } from "kysely";

type Instant = ColumnType<Date, Date | string, Date | string>;
/** Written as JSON text. */
type Json = ColumnType<JsonValue, string, string>;
type Decimal = ColumnType<string, string | number, string | number>;
type Bytes = ColumnType<Buffer, Uint8Array, Uint8Array>;
/** The database fills it in when it is left out. */
type Filled<T> =
  T extends ColumnType<infer Read, infer Insert, infer Update>
    ? ColumnType<Read, Insert | undefined, Update>
    : ColumnType<T, T | undefined, T>;
type Nullable<T> =
  T extends ColumnType<infer Read, infer Insert, infer Update>
    ? ColumnType<Read | null, Insert | null, Update | null>
    : T | null;
`;

function pascal(name: string): string {
  return name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}

/** `CHECK ((state = ANY (ARRAY['open'::text, ...])))` to `"open" | ...`; null for any other constraint. */
function choicesOf(definition: string | null, column: string): string | null {
  if (!definition?.startsWith(`CHECK ((${column} = ANY (ARRAY[`)) return null;
  return [...definition.matchAll(/'([^']+)'::text/g)].map((match) => `"${match[1]}"`).join(" | ");
}

function columnType(fact: ColumnFact): string {
  const known = typeNames[fact.type];
  if (known === undefined)
    throw new TypeError(`no TypeScript type for ${fact.table}.${fact.column}: ${fact.type}`);
  const base = choicesOf(fact.choices, fact.column) ?? known;
  const type = fact.is_nullable ? `Nullable<${base}>` : base;
  return fact.has_default && !fact.is_nullable ? `Filled<${type}>` : type;
}

/** The text of `schema.gen.ts` for the database at `databaseUrl`: one type per table of schema `public`. */
export async function schemaTypes(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<ColumnFact>(`
      select c.relname as table, a.attname as column, t.typname as type, not a.attnotnull as is_nullable,
        a.atthasdef or a.attidentity <> '' as has_default,
        (select pg_get_constraintdef(k.oid) from pg_constraint k
          where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] order by k.conname limit 1) as choices
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type t on t.oid = a.atttypid
      where c.relkind in ('r', 'p')
      order by c.relname, a.attnum`);
    const tables = Map.groupBy(rows, (row) => row.table);
    const types = [...tables].map(([table, columns]) => {
      const fields = columns.map((fact) => `  ${fact.column}: ${columnType(fact)};`);
      return `export type ${pascal(table)}Table = {\n${fields.join("\n")}\n};\n`;
    });
    const entries = [...tables.keys()].map((table) => `  ${table}: ${pascal(table)}Table;`);
    return `${heading}\n${types.join("\n")}\nexport type Schema = {\n${entries.join("\n")}\n};\n`;
  } finally {
    await client.end();
  }
}
