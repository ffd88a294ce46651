// Values that wait to be written, by dimension set, and their form: CloudWatch's embedded metric format (EMF).

import { writeLine } from "../output.mjs";
import { UNITS } from "./units.mjs";

const NAMESPACE = "Fusionize";
const MAX_VALUES = 100;
const DECIMALS = 1_000;

export class Recorder {
  #common;
  #write;
  #sets = new Map();
  #recordedAtMs = 0;

  /** `common` are the dimensions of every metric, as pairs; `write` takes a line. */
  constructor(common, write = writeLine) {
    this.#common = common;
    this.#write = write;
    this.isFull = false;
  }

  /** Whether any value waits. */
  get isWaiting() {
    return this.#sets.size > 0;
  }

  /** Keeps a value of `metric`; `dimensions` are pairs beyond the common ones. */
  record(metric, value, ...dimensions) {
    const key = dimensions.join();
    let set = this.#sets.get(key);
    if (set === undefined) {
      set = { dimensions, metrics: {} };
      this.#sets.set(key, set);
    }
    const values = (set.metrics[metric] ??= []);
    values.push(Math.round(value * DECIMALS) / DECIMALS);
    this.isFull ||= values.length >= MAX_VALUES;
    this.#recordedAtMs = Date.now();
  }

  /** Writes all that waits: one line for each dimension set and 100 values. */
  flush() {
    for (const set of this.#sets.values()) {
      while (Object.keys(set.metrics).length > 0) {
        this.#write(this.#line(set.dimensions, takeValues(set.metrics)));
      }
    }
    this.#sets.clear();
    this.isFull = false;
  }

  #line(further, metrics) {
    const dimensions = [...this.#common, ...further];
    const directive = {
      Namespace: NAMESPACE,
      Dimensions: [dimensions.map(([name]) => name)],
      Metrics: Object.keys(metrics).map((name) => ({ Name: name, Unit: UNITS[name] })),
    };
    return JSON.stringify({
      _aws: { Timestamp: this.#recordedAtMs, CloudWatchMetrics: [directive] },
      ...Object.fromEntries(dimensions),
      ...metrics,
    });
  }
}

// Takes up to 100 values of each metric, and leaves the rest.
function takeValues(metrics) {
  const taken = {};
  for (const [name, values] of Object.entries(metrics)) {
    taken[name] = values.splice(0, MAX_VALUES);
    if (values.length === 0) {
      delete metrics[name];
    }
  }
  return taken;
}
