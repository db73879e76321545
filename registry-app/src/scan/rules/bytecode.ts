import { anomaliesOf, matchOf } from "./anomalies.ts";
import { BYTECODE_EXAMPLES as EXAMPLES } from "./binaries-examples.ts";
import type { Rule } from "./rule.ts";

const BYTECODE = {
  family: "obfuscation",
  confidence: "structural",
  owasp: ["AST01", "AST02"],
} as const;

export const BYTECODE_RULES: readonly Rule[] = [
  {
    ...BYTECODE,
    id: "obfuscation.bytecode-differs",
    title: "Compiled Python that is not its source",
    severity: "high",
    why: "Python runs the compiled file when it takes it for current. What was reviewed is then not what runs.",
    remedy: "Delete `__pycache__` and every .pyc from the skill; Python makes them again.",
    find: (evidence) => anomaliesOf(evidence, "bytecode-differs").map((one) => matchOf(one)),
    examples: EXAMPLES.differs,
  },
  {
    ...BYTECODE,
    id: "obfuscation.bytecode-alone",
    title: "Compiled Python without its source",
    severity: "medium",
    why: "Nobody can read what it does before it runs.",
    remedy: "Ship the source, and leave compiled files out.",
    find: (evidence) => anomaliesOf(evidence, "bytecode-alone").map((one) => matchOf(one)),
    examples: EXAMPLES.alone,
  },
];
