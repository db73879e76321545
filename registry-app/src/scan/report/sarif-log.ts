// The part of SARIF 2.1.0 that is written here.

type Text = { readonly text: string };
type Level = "error" | "warning" | "note";

export type SarifLocation = {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region: { readonly startLine: number };
  };
  readonly message?: Text;
};

export type SarifRule = {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: Text;
  readonly fullDescription: Text;
  readonly help: { readonly text: string; readonly markdown: string };
  readonly defaultConfiguration: { readonly level: Level };
  readonly properties: {
    readonly tags: readonly string[];
    readonly precision: "very-high" | "high" | "medium" | "low";
    /** What GitHub sorts by; without one it is no security finding. */
    readonly "security-severity"?: string;
  };
};

export type SarifResult = {
  readonly ruleId: string;
  readonly ruleIndex?: number;
  readonly level: Level;
  readonly message: Text;
  readonly locations: readonly SarifLocation[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly codeFlows?: readonly {
    readonly threadFlows: readonly {
      readonly locations: readonly { readonly location: SarifLocation }[];
    }[];
  }[];
  readonly suppressions?: readonly {
    readonly kind: "external";
    readonly status: "accepted";
    readonly justification: string;
  }[];
  readonly properties: Readonly<Record<string, string | number>>;
};

export type SarifRun = {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly informationUri: string;
      readonly semanticVersion: string;
      readonly rules: readonly SarifRule[];
    };
  };
  readonly automationDetails: { readonly id: string };
  readonly columnKind: "utf16CodeUnits";
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications: readonly {
      readonly level: Level;
      readonly descriptor: { readonly id: string };
      readonly message: Text;
      readonly locations?: readonly SarifLocation[];
    }[];
  }[];
  readonly results: readonly SarifResult[];
};

export type SarifLog = {
  readonly $schema: string;
  readonly version: "2.1.0";
  readonly runs: readonly SarifRun[];
};
