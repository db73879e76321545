import type { TagSighting } from "./port.ts";

/** The sentence for a sighting that brought no reason of its own. */
export function tagHeadline(sighting: TagSighting): string {
  switch (sighting.state) {
    case "pending":
      return "This tag is being judged, which takes a second or two.";
    case "published":
      return sighting.drift === null
        ? "Published. Every clause held."
        : "Published. What became of the tag afterwards changed nothing of what is served.";
    case "held":
      return "Accepted and held: not served until somebody decides.";
    case "refused":
      return "Refused.";
    case "ignored":
      return "Not a release: the name holds no version that Assay reads.";
  }
}
