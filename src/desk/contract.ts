import { importFilesContract, importsContract } from "./api/imports.contract.ts";
import { mediaContract, uploadContract } from "./api/media.contract.ts";
import { postsContract, postsWriteContract } from "./api/posts.contract.ts";
import { queueContract, slotsContract } from "./api/queue.contract.ts";
import { reviewContract } from "./api/review.contract.ts";
import { seriesContract, seriesWriteContract } from "./api/series.contract.ts";
import { setAsideContract } from "./api/set-aside.contract.ts";

export const deskContract = {
  ...postsContract,
  ...postsWriteContract,
  ...setAsideContract,
  ...reviewContract,
  ...slotsContract,
  ...queueContract,
  ...seriesContract,
  ...seriesWriteContract,
  ...importFilesContract,
  ...importsContract,
  ...uploadContract,
  ...mediaContract,
};

export { postSummary } from "./api/posts.schema.ts";
export { summary as seriesSummary } from "./api/series.schema.ts";
