// When a remote call is tried again, and after which pause. Pure: the random number is an argument.

const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;
const NOT_FOUND_MS = 3_000;
const NOT_FOUND_PAUSE_MS = 200;
const TRANSIENT_STATUS = new Set([429, 500, 502, 503, 504]);
const TRANSIENT_CODE = new Set(["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "EAI_AGAIN"]);

/**
 * The pause in milliseconds before the next attempt, or undefined where the failure is final.
 * `failure` is { status } or { code, wasKept }, `attempt` counts from 1, `elapsedMs` since the first began.
 */
export function pauseMs(failure, attempt, elapsedMs, random) {
  if (failure.status === 404 || failure.status === 409) {
    // A task that was added in this very moment, or whose function is being changed, is there soon.
    return elapsedMs < NOT_FOUND_MS ? NOT_FOUND_PAUSE_MS * (0.5 + random) : undefined;
  }
  const transient = TRANSIENT_STATUS.has(failure.status) || TRANSIENT_CODE.has(failure.code);
  if (!transient || attempt >= MAX_ATTEMPTS) {
    return undefined;
  }
  if (failure.wasKept && attempt === 1) {
    return 0;
  }
  return random * Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
}
