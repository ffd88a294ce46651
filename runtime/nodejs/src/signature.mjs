// AWS Signature Version 4 for one request. Pure: time and credentials are arguments.

const { createHash, createHmac } = process.getBuiltinModule("node:crypto");

const ALGORITHM = "AWS4-HMAC-SHA256";
const SERVICE = "lambda";

let signingKey = { of: undefined, key: undefined };

/**
 * The headers that sign a request: those given, and `x-amz-date`, `x-amz-security-token` and `authorization`.
 * `request` is { method, path, query, headers, body }: `path` encoded as it is sent, `query` pairs in byte order,
 * `headers` with lower-case names, all of them signed. `credentials` is { accessKey, secretKey, sessionToken }.
 */
export function signedHeaders(request, credentials, region, date) {
  const time = date.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${SERVICE}/aws4_request`;
  const headers = { ...request.headers, "x-amz-date": time };
  if (credentials.sessionToken) {
    headers["x-amz-security-token"] = credentials.sessionToken;
  }
  const names = Object.keys(headers).sort();
  const signed = names.join(";");
  const canonical = [
    request.method,
    request.path.split("/").map(encode).join("/"),
    request.query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&"),
    ...names.map((name) => `${name}:${headers[name].trim()}`),
    "",
    signed,
    sha256(request.body),
  ].join("\n");
  const toSign = [ALGORITHM, time, scope, sha256(canonical)].join("\n");
  const signature = hmac(keyFor(credentials.secretKey, day, region), toSign).toString("hex");
  headers.authorization = `${ALGORITHM} Credential=${credentials.accessKey}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
  return headers;
}

/** Percent-encoding as AWS wants it in paths and queries. */
export function encode(text) {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

// The key changes with the day and with the credentials only.
function keyFor(secret, day, region) {
  const of = `${secret}/${day}/${region}`;
  if (signingKey.of !== of) {
    const key = [day, region, SERVICE, "aws4_request"].reduce(hmac, `AWS4${secret}`);
    signingKey = { of, key };
  }
  return signingKey.key;
}

function hmac(key, text) {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}
