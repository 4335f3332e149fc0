import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What Galley counts. Labels are few and bounded: never an id, an address or a text of a person. */
export type Metrics = {
  registry: Registry;
  /** Seconds per request, by route pattern (not path), method and status. */
  httpRequests: Histogram<"method" | "route" | "status">;
  /** Seconds per job, by task; outcome is `ok` or `failed`. */
  jobs: Histogram<"task" | "outcome">;
  /** Refusals that concern who may do what, by their name in the OWASP Logging Vocabulary. */
  securityEvents: Counter<"event">;
};

/** Fresh metrics in a registry of their own, so that two servers in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    httpRequests: new Histogram({
      name: "galley_http_request_seconds",
      help: "Time to answer a request",
      labelNames: ["method", "route", "status"],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    jobs: new Histogram({
      name: "galley_job_seconds",
      help: "Time to run a job",
      labelNames: ["task", "outcome"],
      buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120],
      registers,
    }),
    securityEvents: new Counter({
      name: "galley_security_events_total",
      help: "Refusals that concern who may do what, by their name in the OWASP Logging Vocabulary",
      labelNames: ["event"],
      registers,
    }),
  };
}

/** Adds a gauge that is read only when somebody asks for the metrics. */
export function addGauge(
  { registry }: Metrics,
  { name, help, labels = [] }: { name: string; help: string; labels?: string[] },
  collect: () => Promise<{ value: number; labels?: Record<string, string> }[]>,
): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    labelNames: labels,
    registers: [],
    async collect() {
      this.reset();
      for (const sample of await collect()) this.set(sample.labels ?? {}, sample.value);
    },
  });
  registry.registerMetric(gauge);
}
