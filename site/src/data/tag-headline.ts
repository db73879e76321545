import type { TagSighting } from "./port.ts";

/** The sentence for a sighting that brought no reason of its own. */
export function tagHeadline(sighting: TagSighting): string {
  switch (sighting.state) {
    case "pending":
      return "This tag is being judged, which takes a second or two.";
    case "published":
      return sighting.drift === "moved"
        ? "Published. The tag was moved afterwards; the bytes served here did not change."
        : "Published. Every clause held.";
    case "held":
      return "Accepted and held: not served until somebody decides.";
    case "refused":
      return "Refused.";
    case "ignored":
      return "Not a release: the name holds no version that Assay reads.";
  }
}
