const KIBIBYTE = 1024;
const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
const SIZES: Readonly<Record<string, number>> = {
  Ki: KIBIBYTE,
  Mi: KIBIBYTE ** 2,
  Gi: KIBIBYTE ** 3,
};

export const TIME_PATTERN = /^\d{1,7}(?:\.\d{1,3})?(?:ms|s|m)$/;
export const SIZE_PATTERN = /^\d{1,7}(?:Ki|Mi|Gi)$/;

/** `30s`, `1.5m` or `200ms`, as TIME_PATTERN has it, in milliseconds. */
export function toMilliseconds(text: string): number {
  return Math.round(measure(text, TIMES));
}

/** `256Mi`, as SIZE_PATTERN has it, in bytes. */
export function toBytes(text: string): number {
  return measure(text, SIZES);
}

/** Bytes as a person writes them: `256 MiB`. */
export function saySize(bytes: number): string {
  const name = ["Gi", "Mi", "Ki"].find((unit) => bytes >= (SIZES[unit] ?? 0));
  return name === undefined
    ? `${bytes} B`
    : `${Math.round((bytes / (SIZES[name] ?? 1)) * 10) / 10} ${name}B`;
}

/** Milliseconds as a person writes them: `1.5 s`. */
export function sayTime(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}

function measure(text: string, units: Readonly<Record<string, number>>): number {
  const amount = Number.parseFloat(text);
  return amount * (units[text.replace(/^[\d.]+/, "")] ?? Number.NaN);
}
