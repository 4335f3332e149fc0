import {
  circles,
  foldersInCircles,
  jobsNamedTwice,
  longestFile,
  longestFunction,
  type Measure,
  pathsAsStrings,
  sqlOutsideStores,
  statesDefinedTwice,
  usualFile,
  widestFolder,
} from "./measures.ts";
import type { Source } from "./source.ts";

export type Limit = {
  what: string;
  /** What is to hold in the end. */
  bar: number;
  /** What holds today, where that is not the bar yet; it may only fall. */
  allowed?: number;
  measure: (sources: readonly Source[]) => Measure;
};

export const limits: readonly Limit[] = [
  { what: "source files in the widest folder", bar: 22, measure: widestFolder },
  { what: "files in circles of types", bar: 0, measure: (all) => circles(all, "all") },
  { what: "files in circles of imports", bar: 0, measure: (all) => circles(all, "running") },
  { what: "folders of a module in circles", bar: 0, measure: foldersInCircles },
  { what: "files with SQL that are no store", bar: 0, measure: sqlOutsideStores },
  { what: "paths of the API as strings", bar: 0, measure: pathsAsStrings },
  { what: "states and providers defined twice", bar: 0, measure: statesDefinedTwice },
  { what: "jobs named twice", bar: 0, measure: jobsNamedTwice },
  { what: "lines that nine of ten files keep to", bar: 200, measure: usualFile },
  { what: "lines of the longest file", bar: 399, measure: longestFile },
  { what: "lines of the longest function", bar: 120, measure: longestFunction },
];
