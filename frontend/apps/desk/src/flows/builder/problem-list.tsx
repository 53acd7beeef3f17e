import type { FlowProblem } from "@wasl/api";
import { optionLook } from "@wasl/ui";
import { clsx } from "clsx";
import { Languages, OctagonAlert, TriangleAlert } from "lucide-react";
import { Button as Press } from "react-aria-components";
import type { Words } from "../words.ts";
import { isUnsaid } from "./marks.ts";

/** Problems, each leading to its step, or (null) to the flow's settings. */
export function ProblemList(props: {
  problems: readonly FlowProblem[];
  words: Words;
  show: (step: string | null) => void;
}) {
  const { words } = props;
  return (
    <ul className="max-h-96 overflow-y-auto">
      {props.problems.map((problem, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a problem has no other name
        <li key={n}>
          <Press
            onPress={() => props.show(problem.step)}
            className={clsx(optionLook, "w-full items-start! text-start")}
          >
            <ProblemIcon problem={problem} />
            <span className="min-w-0 grow">
              <span className="block text-[13px]">{words.problem(problem)}</span>
              <span className="block text-xs text-ink-2">
                {problem.step === null ? words.t("flows.whole") : words.stepName(problem.step)}
              </span>
            </span>
          </Press>
        </li>
      ))}
    </ul>
  );
}

export function ProblemIcon({ problem }: { problem: FlowProblem }) {
  const Icon = isUnsaid(problem) ? Languages : problem.warning ? TriangleAlert : OctagonAlert;
  return (
    <Icon
      size={15}
      aria-hidden="true"
      className={clsx("mt-0.5 shrink-0", problem.warning ? "text-ink-2" : "text-ink")}
    />
  );
}
