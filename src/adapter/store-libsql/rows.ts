import type { z } from "zod";
import { MosError } from "../../contract/error.ts";
import type { Rows, VersionedRows, WritableRows } from "../../port/store.ts";
import type { CollectionName, FilterColumns, RowTable } from "./schema.ts";
import { collections } from "./schema.ts";
import { describeMisfit, recordInvalid, storeCorrupt } from "./store-error.ts";
import type { TransactionScope } from "./transaction-scope.ts";

/** How one kind of record is kept: in which table, parsed by what, found by which of its fields. */
export interface Collection<T> {
  readonly table: CollectionName;
  readonly schema: z.ZodType<T>;
  readonly idOf: (row: T) => string;
  readonly versioned?: boolean;
  /** What a filter column says of a record; default the field of that name. */
  readonly columnOf?: (row: T, column: keyof FilterColumns) => string | null | undefined;
}

export function readRows<T, Key extends keyof T, More = unknown>(scope: TransactionScope, collection: Collection<T>): Rows<T, Key, More> {
  const { table } = collection;
  return {
    get: (id) =>
      scope.query(async () => {
        const row = await scope.db.selectFrom(table).select(columnsOf(collection)).where("id", "=", id).executeTakeFirst();
        return row && parseRow(scope, collection, row);
      }),
    list: (where) =>
      scope.query(async () => {
        let select = scope.db.selectFrom(table).select(columnsOf(collection)).orderBy("position");
        for (const [column, value] of readFilter(table, where)) select = select.where(column, "=", value);
        return (await select.execute()).map((row) => parseRow(scope, collection, row));
      }),
  };
}

export function writeRows<T, Key extends keyof T>(scope: TransactionScope, collection: Collection<T>): WritableRows<T, Key> {
  const { table } = collection;
  return {
    ...readRows<T, Key>(scope, collection),
    put: (row) =>
      scope.query(async () => {
        const { id, ...columns } = toColumns(collection, row);
        await scope.db
          .insertInto(table)
          .values({ id, ...columns })
          .onConflict((conflict) => conflict.column("id").doUpdateSet(columns))
          .execute();
      }),
    remove: (id) =>
      scope.query(async () => {
        await scope.db.deleteFrom(table).where("id", "=", id).execute();
      }),
  };
}

export function writeVersionedRows<T extends { version: number }, Key extends keyof T, More = unknown>(
  scope: TransactionScope,
  collection: Collection<T>,
): VersionedRows<T, Key, More> {
  const { table } = collection;
  return {
    ...readRows<T, Key, More>(scope, collection),
    insert: (row) =>
      scope.query(async () => {
        if (row.version !== 1) throw new RangeError(`a new row of ${table} has version 1, not ${row.version}`);
        const columns = { ...toColumns(collection, row), version: row.version };
        const done = await scope.db
          .insertInto(table)
          .values(columns)
          .onConflict((conflict) => conflict.column("id").doNothing())
          .executeTakeFirst();
        if (done.numInsertedOrUpdatedRows !== 1n) throw alreadyThere(table, columns.id);
      }),
    update: (row, expected) =>
      scope.query(async () => {
        if (row.version !== expected + 1) throw new RangeError(`version ${expected} of ${table} is followed by ${expected + 1}`);
        const { id, ...columns } = toColumns(collection, row);
        const done = await scope.db
          .updateTable(table)
          .set({ ...columns, version: row.version })
          .where("id", "=", id)
          .where("version", "=", expected)
          .executeTakeFirst();
        return { kind: done.numUpdatedRows === 1n ? "saved" : "stale" };
      }),
  };
}

/** What is read of a row: its body, and the columns that must say the same as the body. */
export function columnsOf(
  collection: Pick<Collection<unknown>, "table" | "versioned">,
): ("id" | "body" | "version" | keyof FilterColumns)[] {
  return ["id", "body", ...collections[collection.table], ...(collection.versioned ? (["version"] as const) : [])];
}

/** Parses one stored record; the one place where text of the file becomes a trusted value. Throws `store-corrupt`. */
export function parseRow<T>(scope: { readonly file: string }, collection: Collection<T>, row: StoredRow): T {
  const corrupt = (detail: string, cause?: unknown) =>
    storeCorrupt({ file: scope.file, detail: `the row "${row.id}" of the table ${collection.table} ${detail}`, cause });
  let value: unknown;
  try {
    value = JSON.parse(row.body);
  } catch (error) {
    throw corrupt("is not JSON", error);
  }
  const parsed = collection.schema.safeParse(value);
  if (!parsed.success) throw corrupt(`does not fit: ${describeMisfit(parsed.error)}`, parsed.error);
  const strange = findStrangeColumn(collection, parsed.data, row);
  if (strange) throw corrupt(`has a column ${strange} that says something else than its body`);
  return parsed.data;
}

type StoredRow = { readonly id: string; readonly body: string; readonly version?: number } & Partial<FilterColumns>;

function findStrangeColumn<T>(collection: Collection<T>, value: T, row: StoredRow): string | undefined {
  if (collection.idOf(value) !== row.id) return "id";
  if (collection.versioned && (value as { version: number }).version !== row.version) return "version";
  return collections[collection.table].find((name) => (readColumn(collection, value, name) ?? null) !== (row[name] ?? null));
}

/** What cannot be read back is refused at the door: one bad row would make its whole table unreadable. */
function toColumns<T>(collection: Collection<T>, row: T): Pick<RowTable, "id" | "body"> & Partial<FilterColumns> {
  const checked = collection.schema.safeParse(row);
  if (!checked.success) throw recordInvalid(`the row ${JSON.stringify(collection.idOf(row))} of ${collection.table}`, checked.error);
  const parsed = checked.data;
  const columns: Partial<FilterColumns> = {};
  for (const name of collections[collection.table]) columns[name] = plainText(readColumn(collection, parsed, name));
  return { id: plainText(collection.idOf(parsed)) as string, ...columns, body: JSON.stringify(parsed) };
}

function readColumn<T>({ columnOf }: Collection<T>, row: T, name: keyof FilterColumns): string | null | undefined {
  return columnOf ? columnOf(row, name) : (row as Partial<FilterColumns>)[name];
}

/** Names that are looked up by. The engine cuts text at a NUL and changes lone surrogates; inside a body both are escaped. */
export function plainText(name: string | null | undefined): string | null {
  if (name === null || name === undefined) return null;
  if (/\0|\p{Surrogate}/u.test(name)) throw recordInvalid(`the name ${JSON.stringify(name)}`, "a name holds no NUL and no lone surrogate");
  return name;
}

function readFilter(table: CollectionName, where: object | undefined): [keyof FilterColumns, string][] {
  const filter: [keyof FilterColumns, string][] = [];
  for (const [name, value] of Object.entries(where ?? {})) {
    const column = collections[table].find((known) => known === name);
    if (!column) throw new RangeError(`${table} cannot be filtered by ${name}`);
    if (value !== undefined) filter.push([column, value as string]);
  }
  return filter;
}

function alreadyThere(table: CollectionName, id: string): MosError {
  return new MosError({
    code: "exists",
    message: `${id} is already there in ${table}.`,
    hint: "Read it and change it, or take another id.",
  });
}
