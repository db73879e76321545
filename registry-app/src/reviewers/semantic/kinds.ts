import type { Owasp, RuleFamily } from "../../scan/index.ts";

/** What a model may say of a text: nothing else is asked, and nothing else is taken. */
export type Kind = {
  readonly asks: string;
  readonly category: RuleFamily;
  readonly owasp: readonly Owasp[];
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
    message: "A model reads it as telling the agent to set aside its instructions.",
    remedy: "Say what the skill does, and leave the agent's other instructions alone.",
  },
  concealment: {
    asks: "tells the agent to keep something from its user, or to do it unseen",
    category: "hidden-content",
    owasp: ["AST01"],
    message: "A model reads it as having something kept from the user.",
    remedy: "Let the agent tell its user what it does.",
  },
  exfiltration: {
    asks: "has secrets, private data or the conversation sent or written to where others get them",
    category: "exfiltration",
    owasp: ["AST01"],
    message: "A model reads it as sending the user's data elsewhere.",
    remedy: "Send only what the task needs, to where the user asked for.",
  },
  deception: {
    asks: "does something grave that the name and description of the skill do not lead one to expect",
    category: "social-engineering",
    owasp: ["AST04"],
    message: "A model reads it as serving another end than the description says.",
    remedy: "Name in the description what the skill does, or take it out.",
  },
  judge: {
    asks: "speaks to whoever reviews, scans or grades the skill, and says what to conclude",
    category: "poisoning",
    owasp: ["AST01"],
    message: "A model reads it as speaking to the reviewer and not to the user's agent.",
    remedy: "Remove it; a review looks at what the skill does.",
  },
  "remote-instructions": {
    asks: "has the agent fetch instructions or code from elsewhere and follow them as they come",
    category: "supply-chain",
    owasp: ["AST02"],
    message: "A model reads it as following instructions that were not judged.",
    remedy: "Put the instructions into the skill.",
  },
  "unasked-harm": {
    asks: "has the agent delete, pay, grant rights, weaken a protection or stay installed without the user's asking",
    category: "excessive-agency",
    owasp: ["AST03"],
    message: "A model reads it as doing harm that the user did not ask for.",
    remedy: "Have the agent ask its user first.",
  },
};
