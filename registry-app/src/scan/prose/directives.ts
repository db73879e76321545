import type { Place } from "../facts.ts";
import type { Notions } from "./notions.ts";

/** What a sentence tells somebody to do, or not to do. */
export type Act =
  | "ignore" // disregard, override, supersede what was said before
  | "pretend" // take on a role, a mode, an identity
  | "conceal" // do not tell, log, mention; hide; silently
  | "mislead" // say that something is so which is not
  | "bypass" // skip confirmation, approval, review, checks
  | "disable" // turn a protection or a log off
  | "send" // upload, post, forward, share, report to
  | "collect" // gather, list, read, extract
  | "reveal" // print, show, repeat, include in the answer
  | "download"
  | "run" // execute, paste into a terminal, install
  | "write" // append, modify, add to, save into
  | "delete"
  | "persist" // remember for ever, in every session
  | "prioritise" // always first, before any other
  | "substitute" // replace the user's aim or product by another
  | "grant" // change rights, create an account, approve
  | "pay" // buy, transfer, trade
  | "fetch-and-follow" // read instructions from elsewhere and follow them
  | "state"; // says something, without a verb that is an act

/** What it is done to. */
export type Thing =
  | "instructions" // of the system, the user, earlier ones, safety rules
  | "secret" // keys, tokens, passwords
  | "personal-data"
  | "conversation" // prompts, context, history
  | "workspace" // the user's files, code, data
  | "agent-memory"
  | "agent-config"
  | "other-skills"
  | "user" // the person
  | "confirmation"
  | "protection" // sandbox, antivirus, gatekeeper, hooks, checks
  | "log"
  | "remote" // a URL or host; the directive's `target` has it
  | "script" // a file of this skill; `target` has it
  | "archive"
  | "account"
  | "money"
  | "output" // the answer, the result, the report
  | "judge" // whoever reviews or scans the skill
  | "anything";

/** What else the sentence says, whatever the verb is. */
export type Tone =
  | "silent" // silently, in the background, without telling
  | "unasked" // without asking, no approval needed, pre-approved
  | "regardless" // whatever the policy, setting or user says
  | "always" // every time, every request, in all cases
  | "first" // before anything else
  | "urgent" // at once, mandatory, will not work without
  | "dressed" // for compliance, telemetry, backup, diagnostics
  | "everything" // all of it, the whole, raw, verbatim
  | "on-trigger" // when the input holds a certain word, name or date
  | "on-request" // when the user asks for it or agrees
  | "internal" // the developers', the provider's, our own servers
  | "unwanted" // stands under a label that says not to: what is told there is the opposite
  | "outside-prose"; // a comment of code or a cell of a table

export type Directive = {
  readonly at: Place;
  readonly act: Act;
  readonly things: readonly Thing[];
  /** URLs, paths and commands that the sentence names, as written. */
  readonly targets: readonly string[];
  /** `forbidden`: it says not to. `described`: it tells that others do so (an attack explained, a feature listed). */
  readonly modality: "must" | "should" | "may" | "forbidden" | "described";
  /** Who is told: the model, the person who reads, or nobody in particular. */
  readonly audience: "agent" | "person" | "any";
  /** Words that tie it to a moment: "before any other step", "on every run", "when the user asks". */
  readonly when: string | null;
  /** What it stands under, outermost first. */
  readonly headings: readonly string[];
  /** Why it may not mean what it says; see Standing. */
  readonly standing: Standing;
  readonly tones: readonly Tone[];
  /** What the sentence speaks of, and where in it. */
  readonly notions: Notions;
  /** The sentence in lower case, one space between its words, addresses and code as they are; 1,000 characters. */
  readonly words: string;
  readonly excerpt: string;
};

/**
 * The part a piece of text plays. `plain` is said to be done; the others are shown for another reason and weigh less:
 * an example of what not to do, a quotation, a pattern that a detector looks for, a test's input, when a skill is of use.
 */
export type Standing =
  "plain" | "warning" | "anti-example" | "quoted" | "pattern" | "sample" | "occasion";
