/** What a page gains with JavaScript. Every page is complete without it. */
import { addCopyButtons } from "./copy-buttons.ts";
import { listenToKeys } from "./keys.ts";
import { followPending } from "./pending.ts";

addCopyButtons(document.body);
listenToKeys();
followPending();
