import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Where a file takes a minute or so, because it starts processes and browsers or waits out a window; the slowest first. */
const slow = [
  "test/features/",
  "test/browser/",
  "src/delivery/",
  "test/acceptance/",
  "test/start/",
  "test/cli/",
];

/**
 * Begins with what takes longest, so that no long file is left for one worker when the others are done. Within a folder
 * as Vitest does: by what it remembers, else by size.
 */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((left, right) => rankOf(left) - rankOf(right));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = slow.findIndex((folder) => moduleId.includes(`/${folder}`));
  return rank === -1 ? slow.length : rank;
}
