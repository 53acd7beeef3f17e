/** A file's size in a locale's digits and words, as every page of ours shows it: 12 kB, 1.4 MB. */
export function formatBytes(bytes: number, tag: string): string {
  const mega = bytes >= 999_500;
  return new Intl.NumberFormat(tag, {
    style: "unit",
    unit: mega ? "megabyte" : "kilobyte",
    // only English has short words that everybody reads
    unitDisplay: tag.startsWith("en") ? "short" : "long",
    maximumFractionDigits: mega ? 1 : 0,
  }).format(mega ? bytes / 1e6 : Math.max(1, bytes / 1e3));
}
