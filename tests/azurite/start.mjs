// Runs Azurite until standard input closes, so that it ends with the process that started it, however that one ends.
// usage: node start.mjs [azurite options]; it prints the addresses it listens at.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();
require("azurite/dist/src/azurite.js");
