import type { FlowProblem } from "@wasl/api";
import { isolate, LANGUAGE_NAMES, type Language } from "@wasl/i18n";
import { optionLook } from "@wasl/ui";
import { clsx } from "clsx";
import { ChevronRight, Languages, OctagonAlert, TriangleAlert } from "lucide-react";
import { Button as Press } from "react-aria-components";
import { isUnsaid } from "../model/texts.ts";
import type { Words } from "../words.ts";

/** More missing texts than this stand together by language. */
const FEW = 4;

interface Props {
  problems: readonly FlowProblem[];
  words: Words;
  show: (step: string | null) => void;
}

/** Problems, each leading to its step, or (null) to the flow's settings. */
export function ProblemList(props: Props) {
  const { problems, words } = props;
  const unsaid = problems.filter(isUnsaid);
  if (unsaid.length <= FEW) return <List {...props} className="max-h-96" />;
  const languages = new Set(unsaid.map(({ params }) => params.language as Language));
  const others = problems.filter((each) => !isUnsaid(each));
  return (
    <div className="max-h-96 overflow-y-auto">
      {others.length > 0 && <List {...props} problems={others} />}
      {[...languages].map((language) => {
        const own = unsaid.filter(({ params }) => params.language === language);
        return (
          <details key={language} className="group">
            <summary className={clsx(optionLook, "list-none hover:bg-sunken")}>
              <ChevronRight
                size={15}
                aria-hidden="true"
                className="icon-flip shrink-0 text-ink-2 group-open:rotate-90"
              />
              <span className="text-[13px]">
                {words.t("flows.missing_in", {
                  language: isolate(LANGUAGE_NAMES[language]),
                  n: own.length,
                })}
              </span>
            </summary>
            <List {...props} problems={own} className="ms-4" />
          </details>
        );
      })}
    </div>
  );
}

function List({ problems, words, show, className }: Props & { className?: string }) {
  return (
    <ul className={clsx("overflow-y-auto", className)}>
      {problems.map((problem, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a problem has no other name
        <li key={n}>
          <Press
            onPress={() => show(problem.step)}
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
