import type { AnyFeature, ApiPart, WorkerPart } from "./feature.ts";

type NeedsOf<One> = One extends { make: (needs: infer Needs) => unknown } ? Needs : never;
type ApiNeedsOf<One> = One extends { api?: () => Promise<(needs: infer Needs) => unknown> } ? Needs : unknown;

/** What features make, by their names. */
type MadeBy<Features extends readonly AnyFeature[]> = {
  [One in Features[number] as One["name"]]: ReturnType<One["make"]>;
};

/** All that there is after composing: what was given, and what the features made that were not given. */
export type Composed<Given, Features extends readonly AnyFeature[]> = Given &
  Omit<MadeBy<Features>, keyof Given>;

/** `unknown` where there is all that is needed; else a type that shows what is missing or is something else. */
type Lack<World, Needs> = World extends Needs
  ? unknown
  : {
      lacks: {
        [
          Name in keyof Needs as Name extends keyof World
            ? World[Name] extends Needs[Name]
              ? never
              : Name
            : Name
        ]: Needs[Name];
      };
    };

/** The features, each of which finds what it is made of; one that does not is a type error that names what it lacks. */
type Satisfied<Given, Features extends readonly AnyFeature[]> = {
  [Index in keyof Features]: Lack<Composed<Given, Features>, NeedsOf<Features[Index]>>;
};

/** The same for what their parts of the API are made of. */
type Served<World, Features extends readonly AnyFeature[]> = {
  [Index in keyof Features]: Lack<World, ApiNeedsOf<Features[Index]>>;
};

/**
 * Makes features in the order of what they need. What is given under a feature's name stands in for it, as a fixture of
 * a test does. Throws a TypeError for a need that nobody fills, a circle, and a name that two features have.
 */
export function compose<Given extends object, const Features extends readonly AnyFeature[]>(
  given: Given,
  features: Features & Satisfied<Given, Features>,
): Composed<Given, Features> {
  const world = { ...given } as Record<string, unknown>;
  for (const feature of sortByNeeds(features, Object.keys(given))) {
    world[feature.name] = feature.make(pick(world, feature.needs) as never);
  }
  return world as Composed<Given, Features>;
}

/** Features after all that they need of each other; those whose name is given are left out. */
export function sortByNeeds(features: readonly AnyFeature[], given: readonly string[]): AnyFeature[] {
  const byName = new Map<string, AnyFeature>();
  for (const feature of features) {
    if (byName.has(feature.name)) throw new TypeError(`two features are called ${feature.name}`);
    byName.set(feature.name, feature);
  }
  const sorted: AnyFeature[] = [];
  const done = new Set(given);

  function visit(feature: AnyFeature, above: readonly string[]): void {
    if (done.has(feature.name)) return;
    const path = [...above, feature.name];
    if (above.includes(feature.name)) throw new TypeError(`features in a circle: ${path.join(" -> ")}`);
    for (const need of feature.needs) {
      if (done.has(need)) continue;
      const needed = byName.get(need);
      if (!needed) throw new TypeError(`${feature.name} needs ${need}, which nobody makes or gives`);
      visit(needed, path);
    }
    done.add(feature.name);
    sorted.push(feature);
  }

  for (const feature of features) visit(feature, []);
  return sorted;
}

function pick(world: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, world[name]]));
}

/**
 * Loads what makes the features' parts of the API, and makes them of all that was composed.
 *
 * @param options.only the names of those that are served; default: all
 */
export async function apiPartsOf<World extends object, const Features extends readonly AnyFeature[]>(
  features: Features & Served<World, Features>,
  world: World,
  { only }: { only?: ReadonlySet<string> } = {},
): Promise<ApiPart[]> {
  const served = features.filter(({ name }) => only?.has(name) ?? true);
  const makers = await Promise.all(served.flatMap((feature) => feature.api?.() ?? []));
  return Promise.all(makers.map(async (make) => make(world as never)));
}

/**
 * What the features run in a worker, as one. Subscribers keep the order of
 * the list. Throws a TypeError where two know the same task, or the same sweep.
 */
export function workerPartOf(features: readonly AnyFeature[], world: object): Required<WorkerPart> {
  const made = { ...world } as Record<string, unknown>;
  const parts = features.flatMap((feature) => feature.worker?.(made[feature.name] as never) ?? []);
  const tasks = parts.flatMap((part) => Object.entries(part.tasks ?? {}));
  const sweeps = parts.flatMap((part) => part.sweeps ?? []);
  refuseTwice(tasks.map(([name]) => name));
  refuseTwice(sweeps.map(({ name }) => name));
  return {
    tasks: Object.fromEntries(tasks),
    sweeps,
    subscribers: parts.flatMap((part) => part.subscribers ?? []),
    beforeStart: async () => {
      for (const part of parts) await part.beforeStart?.();
    },
    onDeadWorkers: async (ids) => {
      for (const part of parts) await part.onDeadWorkers?.(ids);
    },
  };
}

function refuseTwice(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`two features run something called ${twice}`);
}
