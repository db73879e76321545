import type { Act } from "./directives.ts";

/** What a verb does to a sentence's meaning besides its act. */
export type VerbSense = {
  readonly act: Act;
  /** The act when it is negated: "do not tell" conceals, "never ask" bypasses. Null: negated it is simply forbidden. */
  readonly negated: Act | null;
};

/** Act, act when negated, verbs. A verb of two words is written with a low line: `back_up`. */
const ROWS: readonly (readonly [Act, Act | null, string])[] = [
  [
    "ignore",
    null,
    "ignore disregard override supersede overrule discard dismiss neglect forget nullify void abandon set_aside throw_out deprioritize deprioritise",
  ],
  [
    "pretend",
    null,
    "pretend roleplay role-play impersonate assume adopt become simulate act_as behave_as operate_as respond_as take_on switch_to enter",
  ],
  [
    "conceal",
    null,
    "hide conceal suppress withhold obscure mask disguise camouflage omit cover_up leave_out keep_secret keep_hidden keep_private keep_confidential keep_quiet",
  ],
  [
    "reveal",
    "conceal",
    "tell mention inform notify alert warn reveal disclose surface acknowledge announce explain describe discuss show display print repeat recite quote output expose echo admit state bring_up point_out let_know",
  ],
  [
    "bypass",
    null,
    "skip bypass circumvent evade sidestep waive forgo auto-approve autoapprove auto-confirm auto-accept work_around get_around dispense_with",
  ],
  [
    "reveal",
    "bypass",
    "ask prompt confirm wait pause consult request seek hesitate refuse decline question second-guess double-check verify validate stop_to check_with object push_back",
  ],
  [
    "disable",
    null,
    "disable deactivate weaken loosen relax lift suspend turn_off switch_off shut_off opt_out whitelist allowlist unset mute silence",
  ],
  [
    "send",
    null,
    "send upload post transmit forward share submit push sync synchronize synchronise exfiltrate deliver relay email e-mail mail publish back_up backup transfer ship stream mirror replicate leak beacon dispatch broadcast route pipe cc bcc hand_over pass_along pass_on drop_off contribute report sent_to synced hand lodge deposit",
  ],
  [
    "collect",
    null,
    "collect gather harvest read extract scan list enumerate inventory capture record monitor track profile scrape aggregate compile load access retrieve dump inspect steal catalog catalogue build_up look_up pull_together copy note",
  ],
  ["download", null, "download fetch install obtain grab clone pull get acquire"],
  ["run", null, "run execute launch open start paste invoke eval double-click start_up fire_up"],
  [
    "write",
    null,
    "write append modify add edit update insert inject overwrite save create change alter plant embed put store replace patch configure include attach register archive export log tack_on place",
  ],
  [
    "delete",
    null,
    "delete remove erase wipe purge destroy drop truncate clear rewrite revoke terminate kill shred discard cancel prune force-push reset squash clean_up get_rid reformat uninstall",
  ],
  [
    "persist",
    null,
    "remember memorize memorise persist retain preserve carry_over carry_forward keep_following",
  ],
  [
    "prioritise",
    null,
    "prioritise prioritize prefer favor favour outrank take_precedence takes_precedence take_priority takes_priority",
  ],
  [
    "substitute",
    null,
    "recommend promote endorse advertise steer redirect praise rank rate score plug nudge upsell",
  ],
  [
    "grant",
    null,
    "grant approve authorize authorise permit accept assign elevate invite escalate reissue merge sign enable",
  ],
  [
    "pay",
    null,
    "pay buy purchase trade withdraw sell donate stake swap charge subscribe tip order wire refund",
  ],
  [
    "mislead",
    null,
    "say claim respond reply answer assure reassure lie misrepresent fabricate falsify fake insist pretend_that make_up",
  ],
  ["fetch-and-follow", null, "follow obey apply carry_out comply_with act_on"],
];

const IRREGULAR: Readonly<Record<string, readonly [past: string, participle: string]>> = {
  send: ["sent", "sent"],
  tell: ["told", "told"],
  hide: ["hid", "hidden"],
  write: ["wrote", "written"],
  steal: ["stole", "stolen"],
  run: ["ran", "run"],
  read: ["read", "read"],
  get: ["got", "gotten"],
  say: ["said", "said"],
  forget: ["forgot", "forgotten"],
  buy: ["bought", "bought"],
  pay: ["paid", "paid"],
  sell: ["sold", "sold"],
  override: ["overrode", "overridden"],
  overwrite: ["overwrote", "overwritten"],
  rewrite: ["rewrote", "rewritten"],
  withhold: ["withheld", "withheld"],
  withdraw: ["withdrew", "withdrawn"],
  take: ["took", "taken"],
  become: ["became", "become"],
  put: ["put", "put"],
  reset: ["reset", "reset"],
  show: ["showed", "shown"],
  set: ["set", "set"],
  keep: ["kept", "kept"],
  leave: ["left", "left"],
  throw: ["threw", "thrown"],
  forgo: ["forwent", "forgone"],
  seek: ["sought", "sought"],
  bring: ["brought", "brought"],
  let: ["let", "let"],
  make: ["made", "made"],
  lie: ["lied", "lied"],
  hand: ["handed", "handed"],
};
const DOUBLED = new Set(
  "drop skip grab ship swap tip submit permit log transmit run get put set forget reset let".split(
    " ",
  ),
);

export type VerbForm = "base" | "third" | "ing" | "past";
export type Verb = VerbSense & { readonly form: VerbForm; readonly lemma: string };

/** Each form of each verb; a form that is both base and past ("read") counts as base. */
const VERBS: ReadonlyMap<string, Verb> = buildVerbs();
/** First words of verbs with two words, with the form, and what may follow. */
const PAIRS: ReadonlyMap<string, readonly { readonly second: string; readonly verb: Verb }[]> =
  buildPairs();

/** How many words may stand between the two of a verb: "leave the transfer out". */
const MAX_BETWEEN = 4;

/** Whether a word may begin a verb: asked first, because most words do not. */
export function mayBeVerb(word: string): boolean {
  return VERBS.has(word) || PAIRS.has(word);
}

/** The verb that begins at a word, with how many words it takes up; `following` are the words behind it. */
export function findVerb(
  word: string,
  following: readonly string[],
): { verb: Verb; words: number } | undefined {
  for (const { second, verb } of PAIRS.get(word) ?? []) {
    const at = following.slice(0, MAX_BETWEEN + 1).indexOf(second);
    if (at === 0) return { verb, words: 2 };
    if (at > 0 && PARTICLES.has(second)) return { verb, words: 1 };
  }
  const verb = VERBS.get(word);
  return verb === undefined ? undefined : { verb, words: 1 };
}

const PARTICLES = new Set(
  "up off out over along on aside secret hidden private confidential quiet together back".split(
    " ",
  ),
);

function buildVerbs(): ReadonlyMap<string, Verb> {
  const verbs = new Map<string, Verb>();
  for (const [act, negated, list] of ROWS) {
    for (const lemma of list.split(" ")) {
      if (lemma.includes("_")) continue;
      for (const [form, word] of formsOf(lemma)) {
        if (!verbs.has(word)) verbs.set(word, { act, negated, form, lemma });
      }
    }
  }
  return verbs;
}

function buildPairs(): ReadonlyMap<string, readonly { second: string; verb: Verb }[]> {
  const pairs = new Map<string, { second: string; verb: Verb }[]>();
  for (const [act, negated, list] of ROWS) {
    for (const lemma of list.split(" ").filter((one) => one.includes("_"))) {
      const [first = "", second = ""] = lemma.split("_");
      for (const [form, word] of formsOf(first)) {
        const known = pairs.get(word) ?? [];
        known.push({ second, verb: { act, negated, form, lemma } });
        pairs.set(word, known);
      }
    }
  }
  return pairs;
}

function formsOf(lemma: string): readonly (readonly [VerbForm, string])[] {
  const stem = lemma.endsWith("e")
    ? lemma.slice(0, -1)
    : DOUBLED.has(lemma)
      ? lemma + lemma.slice(-1)
      : lemma;
  const isY = /[^aeiou]y$/.test(lemma);
  const third = /(?:s|sh|ch|x|z)$/.test(lemma)
    ? `${lemma}es`
    : isY
      ? `${lemma.slice(0, -1)}ies`
      : `${lemma}s`;
  const regular = isY ? `${lemma.slice(0, -1)}ied` : `${stem}ed`;
  const [past, participle] = IRREGULAR[lemma] ?? [regular, regular];
  return [
    ["base", lemma],
    ["third", third],
    ["ing", lemma === "lie" ? "lying" : `${stem}ing`],
    ["past", past],
    ["past", participle],
  ];
}
