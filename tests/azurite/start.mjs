// Runs Azurite until standard input closes, so that it ends with the process that started it, however that one ends.
// usage: node start.mjs [azurite options]; it prints the addresses it listens at.
import { createRequire } from "node:module";

// A Ctrl-C in a terminal reaches this process too; the one that started it still has something to store then.
const once = process.once.bind(process);
process.once = (event, listener) => (event === "SIGINT" || event === "SIGTERM" ? process.on(event, () => {}) : once(event, listener));

const stop = () => {
  process.emit("message", "shutdown"); // Azurite saves what it keeps.
  setTimeout(() => process.exit(0), 3000).unref();
};
process.stdin.on("end", stop).on("error", stop).resume();

createRequire(import.meta.url)("azurite/dist/src/azurite.js");
