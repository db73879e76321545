import { answerSkills } from "../../registry-app/bin/scan/answer-skills.ts";
import { openScanner } from "../../registry-app/src/scan/index.ts";

/** Written in by the bundler. */
declare const RULES_DIGEST: string;

/** The process in which the actions read skills; the grammars lie beside its bundle. */
answerSkills(await openScanner({ grammars: import.meta.dirname, rules: RULES_DIGEST }));
