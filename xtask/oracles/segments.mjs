// Compares our segment counts with Twilio's published calculator (npm sms-segments-calculator) on generated texts.
//
//   SEGMENTS_COMMAND  JSON array: a command that reads one JSON string per line and prints one JSON object per line,
//                     {"encoding":"GSM-7"|"UCS-2","units":n,"segments":n,"parts":[…]}
//   ORACLE_MODULES    the node_modules folder that holds sms-segments-calculator
//   COUNT, SEED       how many texts (10000), and which (1)
//
// Prints every difference with its explanation, then "N texts, D differences" and, where an explained difference
// passes, "N passed, N failed". Exits 1 if one is unexplained.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const count = Number(process.env.COUNT ?? 10_000);
const seed = Number(process.env.SEED ?? 1);
const [program, ...args] = JSON.parse(required("SEGMENTS_COMMAND"));
const load = createRequire(join(resolve(required("ORACLE_MODULES")), "oracle.cjs"));
const { SegmentedMessage } = load("sms-segments-calculator");
// Not Node's own Intl.Segmenter: its Unicode version is the machine's, and this one's is pinned.
const { splitGraphemes } = load("unicode-segmenter/grapheme");
const UNICODE = "17";

function required(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set; see the head of segments.mjs`);
    process.exit(2);
  }
  return value;
}

// --- Texts -------------------------------------------------------------------------------------------------------

let state = seed >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];

const ZWJ = "\u200d";
const emoji = [..."😀👍🎉🚀❤☎⌚🦄🥑🧑👩👨👧👦🏳🏴🐻❄"];
const skin = ["\u{1f3fb}", "\u{1f3fd}", "\u{1f3ff}"];
const latin = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const pools = {
  ascii: [...latin, ..."0123456789 .,;:!?'\"()+-*/=<>@#$%&_      "],
  gsm: [..."£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\n"],
  extension: [..."\f^{}\\[~]|€"],
  crlf: ["\r\n", "\r", "\n", "\r\n\r\n", "\n\r"],
  nearly: [..."`ç“”‘’—–…\u00a0\tÀÂÊÍÓÚõãíóú•«»\u0000\u001b\u007f"],
  letters: [..."ПриветмирЖщёБ你好世界日本語漢字ひらがなカタカナسلامשלוםไทยกขค"],
  combining: ["e\u0301", "a\u0308", "n\u0303", "o\u0302\u0301", "\u0301", "\u20dd", "Z\u0351\u0334\u0323", "g\u030a"],
  emoji,
  skin: [..."👍🧑👩👨👧👦"].flatMap((e) => skin.map((s) => e + s)).concat("🎉🏽"),
  zwj: [
    "👨‍👩‍👧‍👦", "👩‍❤️‍💋‍👨", "👩🏽‍🚀", "🏳️‍🌈", "🏴‍☠️", "🧑‍🦰", "👩‍⚕️", "🐻‍❄️", "❤️‍🔥", "🧑🏿‍🤝‍🧑🏻", ZWJ, `a${ZWJ}b`, `👩${ZWJ}`,
  ],
  flags: ["🇩🇪", "🇺🇸", "🇯🇵", "🇧", "🇷", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
  keycaps: ["1️⃣", "#️⃣", "*️⃣", "9⃣", "2\ufe0f"],
  selectors: ["\ufe0f", "\ufe0e", "☎\ufe0f", "✈\ufe0e", "\u{e0100}", "葛\u{e0100}"],
  jamo: ["\u1112\u1161\u11ab", "\u1100\u1161", "\u1100", "\u1161", "\u11a8", "한", "글", "가\u11a8", "\ua960\u1161", "\ud7b0"],
  indic: ["नि", "क्षि", "श्री", "हिन्दी", "ষ্ঠ", "தமிழ்", "స్త్రీ", "ക്ഷ", "\u094d", "क\u094d\u200dष"],
  thai: ["กำ", "ที่", "น้ำ", "ลำ", "ຳ", "\u0e33"],
  prepend: ["\u0600", "\u06dd1", "\u0d4eക", "\u110bd𑂍"],
  astral: [..."𝒜𝕊𐍈𠜎𠮷𝄞🀄"],
  // Halves of pairs, as a program leaves them that cuts a text by UTF-16 units; JSON carries them escaped.
  halves: ["\ud83d", "\ude00", "a\ud83db", "\ude00\ud83d"],
  invisible: ["\u200b", "\u200c", "\u200e", "\u2060", "\ufeff", "\u202e", "\u2028", "\u00ad"],
};
const names = Object.keys(pools);
const edges = [0, 1, 2, 66, 67, 68, 69, 70, 71, 72, 133, 134, 135, 136, 137, 152, 153, 154, 159, 160, 161, 162, 200, 201, 202, 268, 305, 306, 307, 308, 459, 460, 612];

function fill(mix, units) {
  let text = "";
  while (text.length < units) text += pick(pools[pick(mix)]);
  return text;
}

const shapes = [
  // One class alone, about as long as a boundary.
  (units) => fill([pick(names)], units),
  // GSM-7 in all its forms.
  (units) => fill(["ascii", "ascii", "gsm", pick(["extension", "crlf", "gsm"])], units),
  // Two classes.
  (units) => fill([pick(names), pick(names)], units),
  // Words with something now and then.
  (units) => fill([...Array(12).fill("ascii"), pick(names)], units),
  // Everything.
  (units) => fill(names, units),
  // Exactly up to a boundary with plain characters, then one thing across it.
  (units) => pick(["a", "я", "界"]).repeat(Math.max(0, units - below(4))) + pick(pools[pick(names)]) + fill(["ascii"], below(90)),
  // The same across an extension character at each place.
  (units) => "a".repeat(Math.max(0, units - below(4))) + pick(pools.extension).repeat(below(5)) + "b".repeat(below(200)),
  // Emoji without end.
  (units) => fill(["emoji", "skin", "zwj", "flags", "keycaps", "selectors"], units),
  // A letter with many marks, now and then more than a part holds.
  (units) => fill(["ascii"], below(5)) + "o" + "\u0301".repeat(below(4) ? below(20) : units % 80) + fill(["ascii"], below(80)),
  // Any characters at all.
  (units) => Array.from({ length: units }, anyCharacter).join(""),
];

function anyCharacter() {
  const limit = pick([0x80, 0x500, 0x3000, 0xffff, 0x1ffff]);
  const code = below(limit);
  return code >= 0xd800 && code <= 0xdfff ? "?" : String.fromCodePoint(code);
}

const texts = Array.from({ length: count }, (_, i) => {
  const units = random() < 0.7 ? pick(edges) + below(3) - 1 : below(700);
  return shapes[i % shapes.length](Math.max(0, units));
});

// --- Both answers ------------------------------------------------------------------------------------------------

const capacity = { "GSM-7": { bits: 7, alone: 160, part: 153 }, "UCS-2": { bits: 16, alone: 70, part: 67 } };

function calculator(text) {
  const message = new SegmentedMessage(text);
  const encoding = message.encodingName;
  const parts = message.segments.map((segment) =>
    // A plain array first: the segment's own filter and map put headers into their results.
    Array.from(segment).filter((char) => !char.isUserDataHeader).map((char) => char.raw).join("").toWellFormed(),
  );
  const units = message.messageSize / capacity[encoding].bits;
  return { encoding, units, segments: message.segmentsCount, parts, clusters: message.graphemes };
}

async function ours() {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => (out += chunk));
  child.stdin.on("error", () => {}); // reported by the exit code
  child.stdin.end(texts.map((text) => JSON.stringify(text) + "\n").join(""));
  const code = await new Promise((done, failed) => child.on("close", done).on("error", failed));
  const answers = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  if (code !== 0 || answers.length !== texts.length) {
    throw new Error(`${program}: exit code ${code}, ${answers.length} answers to ${texts.length} texts`);
  }
  return answers;
}

const same = (a, b) =>
  a.encoding === b.encoding && a.units === b.units && a.segments === b.segments &&
  a.parts.length === b.parts.length && a.parts.every((part, i) => part === b.parts[i]);

// --- Explanations ------------------------------------------------------------------------------------------------

const clustersNow = (text) =>
  [...splitGraphemes(text)].flatMap((cluster) => (cluster === "\r\n" ? ["\r", "\n"] : [cluster]));

/** The calculator's rule on given clusters; one longer than a part is cut between characters. */
function segmented(text, clusters) {
  const { alone, part } = capacity["UCS-2"];
  if (text.length <= alone) return [text];
  const parts = [""];
  const add = (piece) => {
    if (parts.at(-1).length + piece.length > part) parts.push("");
    parts[parts.length - 1] += piece;
  };
  for (const cluster of clusters) {
    if (cluster.length <= part) {
      add(cluster);
      continue;
    }
    if (parts.at(-1) !== "") parts.push("");
    for (const character of cluster) add(character);
  }
  return parts;
}

/** Why the two may differ; undefined when they may not. */
function explain(text, our, their) {
  const part = capacity["UCS-2"].part;
  if (our.encoding !== "UCS-2" || their.encoding !== "UCS-2" || our.units !== their.units) return undefined;
  const now = clustersNow(text.toWellFormed());
  const expected = segmented(text, now);
  if (!same(our, { ...our, segments: expected.length, parts: expected })) return undefined;
  if (their.segments > 1 && their.parts.some((theirs) => theirs.length > part)) {
    return `the calculator has a part of more than ${part} units, which no SMS can carry`;
  }
  if (now.join("|") !== their.clusters.join("|")) {
    return `clusters of Unicode ${UNICODE}; the calculator's library has those of Unicode 10`;
  }
  return undefined;
}

const answers = await ours();
const reasons = new Map();
let differences = 0;
let unexplained = 0;
texts.forEach((text, i) => {
  const their = calculator(text);
  if (same(answers[i], their)) return;
  differences += 1;
  const reason = explain(text, answers[i], their);
  const head = `${JSON.stringify(text)}: ours ${answers[i].segments}, calculator ${their.segments}`;
  if (reason) {
    const times = reasons.get(reason) ?? { all: 0, counts: 0 };
    times.all += 1;
    times.counts += Number(answers[i].segments !== their.segments);
    reasons.set(reason, times);
    console.log(`explained: ${head}: ${reason}`);
  } else {
    unexplained += 1;
    delete their.clusters;
    console.log(`UNEXPLAINED: ${head}\n  ours       ${JSON.stringify(answers[i])}\n  calculator ${JSON.stringify(their)}`);
  }
});
for (const [reason, { all, counts }] of reasons) {
  console.log(`${all} explained (${counts} of them in the number of segments, the others only in where parts end): ${reason}`);
}
console.log(`${count} texts, ${differences} differences` + (differences ? `, ${unexplained} unexplained` : ""));
console.log(`${count - unexplained} passed, ${unexplained} failed`);
process.exit(unexplained ? 1 : 0);
