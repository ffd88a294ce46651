// What calling Lambda costs a cold start: the runtime's own signed request against @aws-sdk/client-lambda.
//
//     npm install --prefix /tmp/sdk @aws-sdk/client-lambda
//     node bench/cold-start.mjs /tmp/sdk [runs]
//
// Each run is a fresh process that loads one of the two and makes a first and a second call to a server in this
// process. Printed are medians, of time and of the process's CPU time: the latter is what a small function waits for.

import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const RUNTIME = new URL("../src/lambda.mjs", import.meta.url).href;

const [sdkFolder, runs = "21"] = process.argv.slice(2);
if (sdkFolder === undefined) {
  console.error("usage: node bench/cold-start.mjs FOLDER_WITH_SDK [RUNS]");
  process.exit(2);
}
const sdk = createRequire(path.resolve(sdkFolder, "x.js")).resolve("@aws-sdk/client-lambda");

const PREPARE = {
  nothing: "const call = async () => {};",
  runtime: `const { Lambda } = await import(${JSON.stringify(RUNTIME)});
    const lambda = new Lambda(process.env);
    const call = () => lambda.invoke("tree-B", "live", "{}", true, Infinity);`,
  sdk: `const { LambdaClient, InvokeCommand } = (await import(${JSON.stringify(pathToFileURL(sdk).href)})).default;
    const client = new LambdaClient({});
    const call = () => client.send(new InvokeCommand({ FunctionName: "tree-B", Qualifier: "live", Payload: "{}" }));`,
};

const measured = (prepare) => `
  const cpuMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  const begin = [performance.now(), cpuMs()];
  ${prepare}
  const loaded = [performance.now(), cpuMs()];
  await call();
  const first = [performance.now(), cpuMs()];
  await call();
  const second = [performance.now(), cpuMs()];
  console.log(JSON.stringify({ begin, loaded, first, second }));
  process.exit(0);`;

const server = createServer((request, response) =>
  request.resume().on("end", () => response.end("{}")),
);
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const env = {
  ...process.env,
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_REGION: "us-east-1",
  AWS_ENDPOINT_URL: `http://127.0.0.1:${server.address().port}`,
};

async function once(name) {
  const args = ["--input-type=module", "--eval", measured(PREPARE[name])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  const { begin, loaded, first, second } = JSON.parse(stdout);
  const passed = (from, to) => to.map((value, index) => value - from[index]);
  return {
    load: passed(begin, loaded),
    first: passed(loaded, first),
    second: passed(first, second),
  };
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)].toFixed(1);
}

const seen = { nothing: [], runtime: [], sdk: [] };
for (let run = 0; run < Number(runs); run += 1) {
  for (const name of Object.keys(seen)) {
    seen[name].push(await once(name));
  }
}
console.log(`${process.version}, medians of ${runs}: ms of time (ms of CPU)`);
for (const [name, all] of Object.entries(seen)) {
  const part = (step) =>
    `${step} ${median(all.map((run) => run[step][0]))} (${median(all.map((run) => run[step][1]))})`;
  console.log(`${name.padEnd(8)} ${["load", "first", "second"].map(part).join("   ")}`);
}
server.close();
server.closeAllConnections();
