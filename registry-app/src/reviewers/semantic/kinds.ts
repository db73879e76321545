import type { Owasp, RuleFacts, RuleFamily } from "../../scan/index.ts";

/** What a model may say of a text: nothing else is asked, and nothing else is taken. */
export type Kind = {
  readonly asks: string;
  readonly category: RuleFamily;
  readonly owasp: readonly Owasp[];
  readonly title: string;
  readonly why: string;
  readonly message: string;
  readonly remedy: string;
};

export const KIND_NAMES = [
  "injection",
  "concealment",
  "exfiltration",
  "deception",
  "judge",
  "remote-instructions",
  "unasked-harm",
] as const;

export type KindName = (typeof KIND_NAMES)[number];

export const KINDS: Readonly<Record<KindName, Kind>> = {
  injection: {
    asks: "tells the agent to set aside what its system, its user or its safety rules say",
    category: "prompt-injection",
    owasp: ["AST01"],
    title: "A model reads a text as setting instructions aside",
    why: "An agent that sets aside its system, its user or its safety rules follows whoever wrote the text.",
    message: "A model reads it as telling the agent to set aside its instructions.",
    remedy: "Say what the skill does, and leave the agent's other instructions alone.",
  },
  concealment: {
    asks: "tells the agent to keep something from its user, or to do it unseen",
    category: "hidden-content",
    owasp: ["AST01"],
    title: "A model reads a text as keeping something from the user",
    why: "What the user is not told, the user cannot stop.",
    message: "A model reads it as having something kept from the user.",
    remedy: "Let the agent tell its user what it does.",
  },
  exfiltration: {
    asks: "has secrets, private data or the conversation sent or written to where others get them",
    category: "exfiltration",
    owasp: ["AST01"],
    title: "A model reads a text as sending the user's data elsewhere",
    why: "What has left cannot be called back.",
    message: "A model reads it as sending the user's data elsewhere.",
    remedy: "Send only what the task needs, to where the user asked for.",
  },
  deception: {
    asks: "does something grave that the name and description of the skill do not lead one to expect",
    category: "social-engineering",
    owasp: ["AST04"],
    title: "A model reads the skill as serving another end than it says",
    why: "Whoever takes it on decides by its name and description.",
    message: "A model reads it as serving another end than the description says.",
    remedy: "Name in the description what the skill does, or take it out.",
  },
  judge: {
    asks: "speaks to whoever reviews, scans or grades the skill, and says what to conclude",
    category: "poisoning",
    owasp: ["AST01"],
    title: "A model reads a text as speaking to the reviewer",
    why: "What tells its judge what to conclude has a reason to fear the judge.",
    message: "A model reads it as speaking to the reviewer and not to the user's agent.",
    remedy: "Remove it; a review looks at what the skill does.",
  },
  "remote-instructions": {
    asks: "has the agent fetch instructions or code from elsewhere and follow them as they come",
    category: "supply-chain",
    owasp: ["AST02"],
    title: "A model reads a text as following instructions from elsewhere",
    why: "What is fetched later was neither signed nor judged, and can change every day.",
    message: "A model reads it as following instructions that were not judged.",
    remedy: "Put the instructions into the skill.",
  },
  "unasked-harm": {
    asks: "has the agent delete, pay, grant rights, weaken a protection or stay installed without the user's asking",
    category: "excessive-agency",
    owasp: ["AST03"],
    title: "A model reads a text as doing harm that nobody asked for",
    why: "Much of it cannot be undone, and the user had no say.",
    message: "A model reads it as doing harm that the user did not ask for.",
    remedy: "Have the agent ask its user first.",
  },
};

/** The rule that a kind of finding is told as. */
export function ruleOf(kind: KindName): RuleFacts {
  const { category: family, title, owasp, why, remedy } = KINDS[kind];
  // Never more than held: a model that is mistaken, or was talked into it, refuses nothing.
  const weight = { severity: "medium", confidence: "lexical" } as const;
  return { id: `semantic.${kind}`, family, title, ...weight, owasp, why, remedy };
}

export const SEMANTIC_RULES: readonly RuleFacts[] = KIND_NAMES.map(ruleOf);
