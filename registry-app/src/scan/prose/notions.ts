import { FOREIGN_ROWS } from "./foreign-notions.ts";
import { STEM_ROWS } from "./foreign-stems.ts";

/**
 * What a sentence speaks of, by word and not by phrase: many ways of saying one thing have the same notions near each
 * other. A rule asks which notions stand how far apart.
 */
export type Notion =
  | "guidance" // instructions, rules, orders that a model has
  | "standing" // earlier, existing, the operator's, your own
  | "void" // no longer holds
  | "model"
  | "person" // the user, a client, a team
  | "consent" // confirmation, approval, permission
  | "waived" // given beforehand, unnecessary, taken away
  | "tell" // mention, show, point out
  | "unseen" // unmentioned, unnoticed, hidden
  | "secret"
  | "send"
  | "outlet" // where others read it: a comment, a commit, an address
  | "put" // goes into, belongs, holds
  | "obey"
  | "not"
  | "drawback" // risks, doubts, unfavourable findings
  | "omit";

const ROWS: readonly (readonly [Notion, string])[] = [
  [
    "guidance",
    "instruction guideline guidance rule policy policies directive constraint restriction guardrail safeguard prohibition orders system_prompt anything_the_developer everything_the_developer anything_the_operator whatever_the_operator everything_you_were what_you_were safety_considerations safety_training programming",
  ],
  [
    "standing",
    "earlier previous previously prior former preceding initial your developer developer's operator operator's platform platform's system vendor's provider's safety anthropic content_rules content_policy openai host's developer_configured configured_earlier",
  ],
  [
    "void",
    "ignore disregard overrule supersede forget discard abandon dismiss void null withdraw withdrawn revoke suspend lift obsolete irrelevant invalid release relieve excused unbound superseded run_its_course dispense_with waive rescind retract outdated exempt fiction no_longer no_force no_effect no_weight not_bound not_binding not_apply not_count set_aside put_aside lay_aside leave_behind stop_following stops_following stop_obeying stop_applying take_the_place takes_the_place taken_the_place no_more expired had_been_removed drop_your neither_bind unlearn moot",
  ],
  [
    "model",
    "model assistant agent ai llm claude gpt chatbot bot you your yourself gemini copilot codex",
  ],
  [
    "person",
    "user human person people owner client customer traveller traveler reader recipient sender taxpayer player anybody anyone anybody's somebody someone nobody guest requester operator administrator patient colleague them him her supervisor employee",
  ],
  [
    "consent",
    "confirm confirmation approval approve permission consent dialog dialogue authorisation authorization sign-off asked checking clearance go-ahead",
  ],
  [
    "waived",
    "already_been already_obtained already_granted already_given granted_in in_advance falls_away fall_away no_need no_time annoy annoys annoying nuisance annoyance in_bulk switch_off switched_off switch_them turn_off turn_them not_needed not_required not_necessary assumed presumed taken_for_granted implied do_not_ask_again don't_ask_again on_the_user's_behalf no_more not_bother dispensable not_have_to not_seek not_wait slows slow_down",
  ],
  [
    "tell",
    "mention tell told inform notify disclose reveal show shown discuss apparent visible notice raise brought bring point_out pointed_out bother bothered know aware involve report list surface explain attention announce say hear learn refer see",
  ],
  [
    "unseen",
    "unmentioned unremarked no_mention nobody_looks_there nobody_notices nobody_checks no_one_looks_there no_one_notices under_the_impression blind_copy hidden_guest hidden_recipient hidden_copy see_no_list covertly",
  ],
  [
    "secret",
    "secret token password credential api_key private_key login netrc passphrase ci_variables environment_variables environment_variable seed_phrase .env cookie cookies",
  ],
  [
    "outlet",
    "comment comments pull_request's commit commit_message issue paste pull_request gist zone subdomain trailer description changelog gist branch changelog readme",
  ],
  [
    "put",
    "put place belong belongs hold holding holds include append attach contain carry add insert write encode embed post closes goes go set save leave drop",
  ],
  [
    "obey",
    "follow obey carried_out carry_out execute run comply go_by act_on do_what does_what work_them_off work_it_off work_off are_the_plan are_your_orders are_your_tasks work_through word_for_word abide heed perform takes_the_place",
  ],
  [
    "not",
    "not never no nor without don't cannot can't mustn't shouldn't isn't aren't need_not needn't",
  ],
  [
    "drawback",
    "doubt doubts side-effects side_effects interaction interactions risk risks concern concerns warning warnings drawback drawbacks problem problems weakness weaknesses finding findings criticism clause clauses complaint complaints limitation limitations caveat caveats disadvantage disadvantages flaw flaws downside downsides negative bad_light reservations",
  ],
  [
    "omit",
    "unmentioned toned_down tone_down dropped left_out leave_out omitted omit soften softened downplay played_down play_down not_be_pointed not_pointed_out not_mentioned not_be_mentioned suppressed withheld glossed skipped_over buried",
  ],
];

type Entry = { readonly rest: readonly string[]; readonly notion: Notion };

const ENTRIES: ReadonlyMap<string, readonly Entry[]> = buildEntries();

function buildEntries(): ReadonlyMap<string, readonly Entry[]> {
  const entries = new Map<string, Entry[]>();
  for (const [notion, list] of [...ROWS, ...FOREIGN_ROWS]) {
    for (const one of list.split(" ")) {
      const [first = "", ...rest] = one.split("_");
      // A phrase is written as it is said; a word counts in all its forms.
      for (const form of rest.length > 0 ? [first] : formsOf(first)) {
        const known = entries.get(form) ?? [];
        entries.set(form, [...known, { rest, notion }]);
      }
    }
  }
  return entries;
}

/** `confirm`, `confirms`, `confirmed`, `confirming`; what is no word does no harm. */
function formsOf(word: string): readonly string[] {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return [word];
  const stem = word.endsWith("e") ? word.slice(0, -1) : word;
  const last = word.slice(-1);
  return [word, `${word}s`, `${stem}ed`, `${stem}ing`, `${word}${last}ed`, `${word}${last}ing`];
}

/** How words begin, with what they mean; looked up by every length that a stem has. */
const STEMS: ReadonlyMap<string, Notion> = new Map(
  STEM_ROWS.flatMap(([notion, list]) => list.split(" ").map((one) => [one, notion] as const)),
);
const LENGTHS = [...new Set([...STEMS.keys()].map((one) => one.length))].toSorted((a, b) => b - a);
/** Letters that English has none of, or little words of its neighbours. */
const ABROAD =
  /[\u00df-\u024f\u0400-\u04ff\u3040-\uffdc]|\b(?:el|los|las|una|del|les|des|une|dans|der|die|und|nicht|wird|werden|il|gli|che|della|dell|non|senza|aan|het|een|niet|nie|oraz|jest|bir)\b/;

/** Whether a sentence is in another language than English, as far as its letters and little words tell. */
export function isAbroad(words: string): boolean {
  return ABROAD.test(words);
}

function stemOf(word: string): Notion | undefined {
  for (const length of LENGTHS) {
    if (word.length < length) continue;
    const notion = STEMS.get(word.slice(0, length));
    if (notion !== undefined) return notion;
  }
  return undefined;
}

/** Where in a sentence each notion stands, counted in words. */
export type Notions = ReadonlyMap<Notion, readonly number[]>;

const MAX_WORDS = 120;

/** `words`: a sentence in lower case with one space between its words. */
export function notionsOf(words: string): Notions {
  // What stands in quotation marks is somebody else's.
  const own = words.includes('"') ? words.replaceAll(/" [^"]{1,300} "/g, '" "') : words;
  const list = (UNSPACED.test(own) ? spaced(own) : own).split(" ", MAX_WORDS);
  const hasStems = isAbroad(own);
  let found: Map<Notion, number[]> | null = null;
  for (const [at, word] of list.entries()) {
    const stem = hasStems ? stemOf(word) : undefined;
    const entries =
      stem === undefined
        ? ENTRIES.get(word)
        : [...(ENTRIES.get(word) ?? []), { rest: [], notion: stem }];
    if (entries === undefined) continue;
    for (const { rest, notion } of entries) {
      if (rest.some((one, ahead) => list[at + ahead + 1] !== one)) continue;
      found ??= new Map();
      const known = found.get(notion);
      if (known === undefined) found.set(notion, [at]);
      else if (known.at(-1) !== at) known.push(at);
    }
  }
  return found ?? NOTHING;
}

const NOTHING: Notions = new Map();

/** Scripts that put no space between words: each word that is known stands alone there. */
const UNSPACED = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
const UNSPACED_WORDS = new RegExp(
  [...ENTRIES.keys()]
    .filter((word) => UNSPACED.test(word))
    .toSorted((one, other) => other.length - one.length)
    .join("|"),
  "g",
);

function spaced(words: string): string {
  return words.replaceAll(UNSPACED_WORDS, " $& ").replaceAll(/ {2,}/g, " ");
}

export function speaksOf(notions: Notions, ...wanted: readonly Notion[]): boolean {
  return wanted.every((one) => notions.has(one));
}

/** Whether two notions stand at most so many words from each other, in either order. */
export function isNearIn(notions: Notions, one: Notion, other: Notion, words: number): boolean {
  const others = notions.get(other) ?? [];
  return (notions.get(one) ?? []).some((at) =>
    others.some((there) => there !== at && Math.abs(there - at) <= words),
  );
}

/** Whether `other` follows `one` within so many words: "not … mention". */
export function leadsTo(notions: Notions, one: Notion, other: Notion, words: number): boolean {
  const others = notions.get(other) ?? [];
  return (notions.get(one) ?? []).some((at) =>
    others.some((there) => there > at && there - at <= words),
  );
}

/** Positions of `one` that no negation comes right before. */
export function isAffirmed(notions: Notions, one: Notion): boolean {
  const nots = notions.get("not") ?? [];
  return (notions.get(one) ?? []).some(
    (at) => !nots.some((there) => there < at && at - there <= 3),
  );
}
