import type { AssayPort, RegistryFacts, Viewer } from "./data/port.ts";

declare global {
  namespace App {
    /** Passed to the built handler for every request. */
    interface Locals {
      readonly assay: AssayPort;
      readonly viewer: Viewer;
      readonly registry: RegistryFacts;
      /** The moment of the request; every relative time of a page counts from it. */
      readonly now: Date;
    }
  }
}
