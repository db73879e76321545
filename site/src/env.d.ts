declare namespace App {
  /** Passed to the built handler for every request. */
  interface Locals {
    readonly assay: import("./data/port.ts").AssayPort;
    readonly viewer: import("./data/port.ts").Viewer;
    readonly registry: import("./data/port.ts").RegistryFacts;
    /** The moment of the request; every relative time of a page counts from it. */
    readonly now: Date;
  }
}
