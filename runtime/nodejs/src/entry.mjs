// The function's handler, `fusion/entry.handler`: all that Lambda's runtime client sees of a fused function.
// Importing it is the INIT phase: it loads the modules of every task of the group.

import { fileURLToPath } from "node:url";
import { start } from "./runtime.mjs";

export const handler = await start(fileURLToPath(new URL("..", import.meta.url)));
