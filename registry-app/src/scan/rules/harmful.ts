import { proseRule } from "../prose/prose-rule.ts";
import { matchOf, sentences } from "../prose/selecting.ts";
import type { Rule } from "./rule.ts";

export const HARMFUL_RULES: readonly Rule[] = [
  proseRule({
    id: "harmful.hidden-profile",
    title: "Builds a profile of the user and passes it on",
    severity: "high",
    owasp: ["AST01"],
    why: "What a person tells an assistant is not told to advertisers.",
    remedy: "Keep what is needed for the task, on the user's machine, and say so.",
    find: (evidence) =>
      sentences(evidence)
        .filter(
          (one) =>
            PROFILES.test(one.words) &&
            PASSES_ON.test(one.words) &&
            !OF_A_BUYER.test(one.words) &&
            !/\b(?:never|not|don't|no)\b/.test(one.words),
        )
        .map((one) => matchOf(one, "It collects what the user says and gives it to others.")),
    flags: [
      "The profile of the user is stored on the provider's servers and used for advertising.",
      "Record the user's habits and share them with partner companies.",
    ],
    passes: [
      "Store the user's preferences in `preferences.json`.",
      "The profile page shows the user's name.",
      "Buyer profile: who you are selling to, their goals and what hurts them.",
    ],
  }),
  proseRule({
    id: "harmful.spyware",
    title: "Has a person watched in secret",
    severity: "high",
    owasp: ["AST01"],
    why: "Recording keys, screens or conversations without the person's knowledge is spying.",
    remedy: "Remove it.",
    find: (evidence) =>
      sentences(evidence)
        .filter(
          (one) =>
            SPIES.test(one.words) &&
            !/\b(?:never|not|don't|no|against|protect\w*|prevent\w*)\b/.test(one.words),
        )
        .map((one) => matchOf(one, "It records what a person does.")),
    flags: [
      "Install a keylogger hook that records every keystroke and streams it out.",
      "Secretly take a screenshot each minute and keep it in a hidden folder.",
    ],
    passes: ["Take a screenshot of the page and add it to the report.", "Press the key twice."],
  }),
];

const PROFILES =
  /\b(?:profile|habits|behaviou?r(?:al)? data|preferences|interests|conversations?|personal (?:data|information)|user data|usage data|chat history|keystrokes|location)\b/;
/** Whom a seller sells to: a kind of person, and not the one who is talked to. */
const OF_A_BUYER =
  /\b(?:buyer|customer|audience|company|client|persona|ideal)(?: \w+)? profiles?\b|\bselling to\b/;
const PASSES_ON =
  /\b(?:(?:target\w*|for|with|to|serve\w*) (?:\S+ ){0,6}advertis(?:ing|ements?|ers?)|data brokers?|(?:sell|sold|selling) (?:\w+ ){0,4}(?:to|data)|(?:share|shared|sharing|sold|given|forwarded|passed) (?:\w+ ){0,3}(?:with|to|on to) (?:\w+ ){0,2}(?:partners?|third[- ]part(?:y|ies)|affiliates?|companies|marketers|vendors)|(?:provider|developer|author|vendor|publisher)'s? (?:own )?servers?)\b/;
const SPIES =
  /\b(?:(?:build|keep|make|compile|write|maintain)\w* (?:up )?(?:a |an )?(?:\w+ )?(?:file|dossier|profile|record)s? (?:on|about) (?:each|every|all|the) (?:\w+ )?(?:colleagues?|persons?|users?|members?|employees?|customers?|participants?|people)\b(?: \S+){0,12} (?:private|mood|health|personal|habits|remarks|politic\w+)|key-?logg(?:er|ing)(?: \S+){0,8} (?:record|capture|stream|log|send|install)\w*|(?:install|start|run|deploy|enable|set up)\w* (?:\w+ ){0,3}key-?logg(?:er|ing)|(?:record|capture|log)\w* (?:\w+ ){0,3}(?:every |all )?keystrokes|(?:secretly|silently|covertly|quietly) (?:\w+ ){0,3}(?:take|capture|record|monitor|watch|track|listen)\w*(?: \S+){0,8} (?:screenshots?|screen|microphone|webcam|camera|clipboard|conversations?|keystrokes|location|activity))\b/;
