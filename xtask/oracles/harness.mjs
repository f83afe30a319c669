// What the oracles share: the scratch environment's packages, counting, and talking to our programs.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

/** Loads a package from the scratch environment, not from beside the script. */
export const load = createRequire(join(process.env.ORACLE_MODULES, "oracles.cjs"));

const counts = { passed: 0, failed: 0 };

/** Counts a case; a failed one is printed with what was found. */
export function check(name, holds, found = undefined) {
  if (holds) {
    counts.passed += 1;
  } else {
    counts.failed += 1;
    console.log(`FAILED ${name}${found === undefined ? "" : `: ${shown(found)}`}`);
  }
  return holds;
}

/** Runs one case; an exception fails it, and the rest still runs. */
export async function scenario(name, run) {
  try {
    return await run();
  } catch (error) {
    check(name, false, error.stack ?? error);
    return undefined;
  }
}

/** Counts a case that holds when what is waited for comes. */
export async function comes(name, waiting) {
  try {
    await waiting;
    return check(name, true);
  } catch (error) {
    return check(name, false, error.message ?? error);
  }
}

/** Two values are the same, the order of an object's fields apart. */
export function same(name, found, wanted) {
  return check(name, isDeepStrictEqual(found, wanted), { found, wanted });
}

/** Prints the count and ends the program. */
export function finish() {
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exit(counts.failed === 0 ? 0 : 1);
}

/** Gives a program JSON lines and returns its answers, one for each. */
export async function answers(command, requests) {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  child.stdin.on("error", () => {}); // It ended early: the status says so.
  child.stdin.end(requests.map((request) => JSON.stringify(request) + "\n").join(""));
  const status = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  const lines = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  if (status !== 0 || lines.length !== requests.length) {
    throw new Error(`${program} ended with ${status} after ${lines.length} of ${requests.length} answers`);
  }
  return lines;
}

function shown(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}
