// Signatures against botocore's (1.43) for the same requests at the same time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encode, signedHeaders } from "../src/signature.mjs";

const SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const AT = new Date("2026-01-02T03:04:05.678Z");

function check({ path, qualifier, body, sessionToken, region }, signed, signature) {
  const headers = {
    "content-type": "application/json",
    host: `lambda.${region}.amazonaws.com`,
    "x-amz-invocation-type": "Event",
  };
  const request = { method: "POST", path, query: [["Qualifier", qualifier]], headers, body };
  const credentials = { accessKey: "AKIDEXAMPLE", secretKey: SECRET_KEY, sessionToken };
  const { authorization, ...others } = signedHeaders(request, credentials, region, AT);
  assert.equal(
    authorization,
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/${region}/lambda/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
  );
  assert.equal(others["x-amz-date"], "20260102T030405Z");
  assert.equal(others["x-amz-security-token"], sessionToken);
}

test("a request with permanent credentials", () => {
  check(
    {
      path: "/2015-03-31/functions/tree-B/invocations",
      qualifier: "live",
      body: '{"a":"é"}',
      region: "us-east-1",
    },
    "content-type;host;x-amz-date;x-amz-invocation-type",
    "2e6a42a10d87087fe419f86c027705ba2757ef2e64dfe3d9219368e97fe24741",
  );
});

test("a request with a session token, an ARN for a name and marks in the query", () => {
  const arn = "arn:aws:lambda:eu-west-1:123456789012:function:x";
  check(
    {
      path: `/2015-03-31/functions/${encode(arn)}/invocations`,
      qualifier: "a*b c",
      body: "",
      sessionToken: "to/ken==",
      region: "eu-west-1",
    },
    "content-type;host;x-amz-date;x-amz-invocation-type;x-amz-security-token",
    "67104e8be8144147b2bdfec26109b4da22ada6edc41bc08a176754ec106e4e25",
  );
});
