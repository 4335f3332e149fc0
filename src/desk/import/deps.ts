import type { Clock } from "#kit";
import type { Database } from "#platform/db";
import type { HttpClient } from "#platform/http-client";
import type { Jobs } from "#platform/jobs";
import type { MediaDesk } from "../media/media.ts";
import type { CheckContext } from "../model/check.ts";

/** What an import works with. */
export type ImportDeps = CheckContext & {
  database: Database;
  jobs: Jobs;
  http: Pick<HttpClient, "fetchDocument">;
  media: Pick<MediaDesk, "addBytes">;
  clock: Clock;
};
