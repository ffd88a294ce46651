// One HTTP request over kept connections. Knows neither AWS nor tasks.

// Importing them as ES modules would load everything that they can give, WebSocket among it: 30 ms of CPU time.
const http = process.getBuiltinModule("node:http");
const https = process.getBuiltinModule("node:https");

const agents = {
  "http:": new http.Agent({ keepAlive: true }),
  "https:": new https.Agent({ keepAlive: true }),
};

/** Sends `body` and resolves to { status, headers, body }; rejects with the connection's error. */
export function send(url, method, headers, body) {
  const { request } = url.protocol === "http:" ? http : https;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: agents[url.protocol] }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status, headers: answered } = response;
        resolve({ status, headers: answered, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.on("error", (error) => {
      // A kept connection that the other side closed meanwhile tells nothing about the other side.
      error.wasKept = outgoing.reusedSocket;
      reject(error);
    });
    outgoing.end(body);
  });
}
