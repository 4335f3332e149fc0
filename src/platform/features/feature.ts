import type { Subscriber } from "#platform/events";
import type { Sweep, Task } from "#platform/jobs";
import type { Metrics } from "#platform/metrics";
import type { App } from "#platform/wire";

/** What the role `worker` runs of a feature. */
export type WorkerPart = {
  /** By their names in the queue. */
  tasks?: Readonly<Record<string, Task>>;
  sweeps?: readonly Sweep[];
  /** To events, of whatever feature. */
  subscribers?: readonly Subscriber[];
  /** Before the first job. Throws where this process must not work. */
  beforeStart?: () => Promise<void>;
  /** Sets free what workers that died held outside the queue, by their ids. */
  onDeadWorkers?: (ids: readonly string[]) => Promise<void>;
};

/** What the role `api` serves of a feature. */
export type ApiPart = {
  /** Registers routes below `/api/v1`. */
  routes?: (app: App) => void | Promise<void>;
  /** Registers what is served outside the versioned API, such as media. */
  outside?: (app: App) => void | Promise<void>;
  /** Adds what an operator wants to see counted. */
  metrics?: (metrics: Metrics) => void;
};

/** `needs` in full: a name that is left out does not compile. */
type Complete<Needs, Names extends readonly unknown[]> =
  Exclude<keyof Needs, Names[number]> extends never
    ? unknown
    : { missing: Exclude<keyof Needs, Names[number]> };

/** One feature, as everything that is composed of features sees it: the server, the worker, tests and benches. */
export type Feature<Name extends string, Needs, Made, ApiNeeds> = {
  /** Under which others ask for what it makes. */
  name: Name;
  /** What `make` takes: values of the process, such as `database`, and what other features make, by name. */
  needs: readonly (keyof Needs & string)[];
  /** Nothing runs yet when it returns. */
  make: (needs: Needs) => Made;
  worker?: (made: Made) => WorkerPart;
  /**
   * Loads what makes its part of the API; called by the role `api` alone, so that a worker loads no routes (decision
   * 70). What that needs may be of features above it: all are made by then.
   */
  api?: () => Promise<(needs: ApiNeeds) => ApiPart | Promise<ApiPart>>;
};

/** Describes a feature; its types follow from `make`. */
export function feature<
  const Name extends string,
  Needs,
  Made,
  const Names extends readonly (keyof Needs & string)[],
  ApiNeeds = unknown,
>(
  description: Omit<Feature<Name, Needs, Made, ApiNeeds>, "needs"> & {
    needs: Names & Complete<Needs, Names>;
  },
): Feature<Name, Needs, Made, ApiNeeds> {
  return description;
}

/** Any feature, where its types do not matter. */
export type AnyFeature = {
  name: string;
  needs: readonly string[];
  make: (needs: never) => unknown;
  worker?: (made: never) => WorkerPart;
  api?: () => Promise<(needs: never) => ApiPart | Promise<ApiPart>>;
};
