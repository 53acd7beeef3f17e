import type { FlowRuns } from "@wasl/api";

/** How the runs of all versions went. */
export const totalsOf = (versions: readonly FlowRuns[]): FlowRuns =>
  versions.reduce(
    (all, { runs, ended, contained }) => ({
      runs: all.runs + runs,
      ended: all.ended + ended,
      contained: all.contained + contained,
    }),
    { runs: 0, ended: 0, contained: 0 },
  );
