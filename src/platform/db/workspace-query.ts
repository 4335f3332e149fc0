import pg from "pg";
import { sha256 } from "#kit";
import { type ColumnParser, parserOf } from "./pool.ts";

type Column = { name: string; parse: ColumnParser };

/** What is prepared on one connection: statement name to its columns, once the server described them. */
type Prepared = Map<string, Column[] | null>;

const preparedOn = new WeakMap<pg.Connection, Prepared>();

/** Statements that are kept prepared on a connection; more distinct texts than this are parsed each time. */
const keptStatements = 256;
const namedTexts = new Map<string, string>();

const settingName = "galley_workspace";
const settingText = "select set_config('galley.workspace', $1, true)";

// The driver's own mapping of parameters; exported at run time, missing from its types.
type DriverUtilities = { utils: { prepareValue: (value: unknown) => Buffer | string | null } };
const { prepareValue } = (pg as unknown as DriverUtilities).utils;

function statementName(text: string): string {
  const known = namedTexts.get(text);
  if (known !== undefined) return known;
  if (namedTexts.size >= keptStatements) return "";
  const name = `galley_${sha256(text).slice(0, 32)}`;
  namedTexts.set(text, name);
  return name;
}

function parseWith(connection: pg.Connection, name: string, text: string): void {
  // Closing what does not exist is no error; this clears what an earlier failure may have left.
  if (name !== "") connection.close({ type: "S", name }, true);
  connection.parse({ name, text, types: [] }, true);
}

function bindAndExecute(connection: pg.Connection, statement: string, values: unknown[], describe: boolean) {
  connection.bind({ portal: "", statement, values, valueMapper: prepareValue, binary: false } as never, true);
  if (describe) connection.describe({ type: "P", name: "" }, true);
  connection.execute({ portal: "", rows: "" }, true);
}

/**
 * One read under row-level security in one round trip. The messages that set the workspace and those of
 * the query leave together with a single Sync, which makes them one implicit transaction (PostgreSQL
 * manual 54.2.4): the setting is local to it, and when setting it fails the server skips the query.
 */
export class WorkspaceQuery<Row> implements pg.Submittable {
  readonly rows: Promise<Row[]>;
  readonly #workspaceId: string;
  readonly #text: string;
  readonly #values: readonly unknown[];
  readonly #name: string;
  readonly #found: Row[] = [];
  readonly #settle: PromiseWithResolvers<Row[]>;
  #columns: Column[] = [];
  #prepared: Prepared = new Map();
  #isSet = false;
  #failure: Error | null = null;

  constructor(workspaceId: string, text: string, values: readonly unknown[]) {
    this.#workspaceId = workspaceId;
    this.#text = text;
    this.#values = values;
    this.#name = statementName(text);
    this.#settle = Promise.withResolvers<Row[]>();
    this.rows = this.#settle.promise;
  }

  submit(connection: pg.Connection): void {
    const prepared = preparedOn.get(connection) ?? new Map<string, Column[] | null>();
    preparedOn.set(connection, prepared);
    this.#prepared = prepared;
    this.#columns = prepared.get(this.#name) ?? [];
    connection.stream.cork();
    try {
      if (!prepared.has(settingName)) parseWith(connection, settingName, settingText);
      bindAndExecute(connection, settingName, [this.#workspaceId], false);
      const describe = !prepared.get(this.#name);
      if (!prepared.has(this.#name)) parseWith(connection, this.#name, this.#text);
      bindAndExecute(connection, this.#name, [...this.#values], describe);
      prepared.set(settingName, null);
      if (this.#name !== "") prepared.set(this.#name, prepared.get(this.#name) ?? null);
    } catch (error) {
      // A parameter that cannot be sent: what was written so far is harmless, the Sync below ends it.
      this.#failure =
        error instanceof Error ? error : new Error("a parameter cannot be sent", { cause: error });
      prepared.clear();
    } finally {
      connection.sync();
      connection.stream.uncork();
    }
  }

  handleRowDescription(message: { fields: pg.FieldDef[] }): void {
    this.#columns = message.fields.map((field) => ({
      name: field.name,
      parse: parserOf(field.dataTypeID),
    }));
    if (this.#name !== "") this.#prepared.set(this.#name, this.#columns);
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    // The first row is the answer of set_config.
    if (!this.#isSet || this.#failure) return;
    const row: Record<string, unknown> = {};
    try {
      for (const [index, column] of this.#columns.entries()) {
        const text = message.fields[index];
        row[column.name] = text === null || text === undefined ? null : column.parse(text);
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error("a column cannot be read", { cause: error });
    }
    this.#found.push(row as Row);
  }

  handleCommandComplete(): void {
    this.#isSet = true;
  }

  handleEmptyQuery(): void {
    this.#isSet = true;
  }

  handlePortalSuspended(): void {
    // Every execute asks for all rows, so the server never suspends a portal.
  }

  handleError(error: Error): void {
    // Which of the statements the server holds now is unknown: prepare each again.
    this.#prepared.clear();
    this.#settle.reject(this.#failure ?? error);
  }

  handleReadyForQuery(): void {
    if (this.#failure) this.#settle.reject(this.#failure);
    else this.#settle.resolve(this.#found);
  }
}
