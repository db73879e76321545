import { openScanner } from "../../src/scan/index.ts";
import { answerSkills } from "./answer-skills.ts";

/** The process in which commands read skills. */
answerSkills(await openScanner());
