import { Client } from "pg";

/** As after a failover: all connections to a database end, and new ones may only read, or write again. */
export async function failOver(url: string, to: "reading" | "writing"): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  // A session that may write, whatever the database says.
  const client = new Client({ connectionString: url, options: "-c default_transaction_read_only=off" });
  await client.connect();
  try {
    const isReadOnly = to === "reading" ? "on" : "off";
    await client.query(`alter database ${name} set default_transaction_read_only = ${isReadOnly}`);
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
      [name],
    );
  } finally {
    await client.end();
  }
}

/** The error with which a server ends a transaction that stands still. */
export async function errorOfIdleTransaction(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  const ended = Promise.withResolvers<unknown>();
  client.on("error", ended.resolve);
  await client.connect();
  await client.query("set idle_in_transaction_session_timeout = 50");
  await client.query("begin");
  return ended.promise;
}
