// Whether a trace is sampled: decided where it starts, from its id and the hour, and carried along by the envelope.

const { randomBytes } = process.getBuiltinModule("node:crypto");

const MS_PER_HOUR = 3_600_000;
const PREFIX_DIGITS = 8;
const PREFIXES = 16 ** PREFIX_DIGITS;
const FORM = /^(0(?:\.\d+)?|1(?:\.0+)?)\/([1-9]\d*)$/;

export const SAMPLE_ALL = { share: 1, hours: 1 };

/** `FUSION_SAMPLING`, `<share of traces>/<one hour in n>`; absent or malformed, everything is sampled. */
export function parseSampling(text) {
  const [, share, hours] = FORM.exec(text ?? "") ?? [];
  return share === undefined ? SAMPLE_ALL : { share: Number(share), hours: Number(hours) };
}

/** A new trace's id: 32 hex digits. */
export function newTrace() {
  return randomBytes(16).toString("hex");
}

/** Whether the trace is sampled if it starts at `epochMs`. */
export function isSampled({ share, hours }, trace, epochMs) {
  return (
    Math.floor(epochMs / MS_PER_HOUR) % hours === 0 &&
    Number.parseInt(trace.slice(0, PREFIX_DIGITS), 16) < share * PREFIXES
  );
}
