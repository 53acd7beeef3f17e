import type { QueueStep, Requirement } from "@wasl/api";
import { useEffect, useRef, useState } from "react";
import { draftOf, stepOf } from "../../settings/queues/rules/requirement.ts";
import { Steps } from "../../settings/queues/rules/steps.tsx";

/** What is asked of whoever takes it over, as a queue's rules ask it. */
export function Requirements(props: {
  value: readonly object[];
  change: (value: object[]) => void;
}) {
  const shown = JSON.stringify(props.value);
  const [steps, setSteps] = useState(() => props.value.map(read).map(draftOf));
  const written = useRef(shown);
  useEffect(() => {
    // changed by something else, such as undoing
    if (shown === written.current) return;
    written.current = shown;
    setSteps((JSON.parse(shown) as object[]).map(read).map(draftOf));
  }, [shown]);
  return (
    <Steps
      steps={steps}
      change={(next) => {
        const value = next.map(stepOf);
        written.current = JSON.stringify(value);
        setSteps(next);
        props.change(value);
      }}
    />
  );
}

/** What a definition holds there may be anything. */
function read(step: Partial<QueueStep>): QueueStep {
  const { requirement, expires_after_s } = step;
  const known = typeof requirement === "object" && requirement !== null;
  return {
    requirement: known ? requirement : ({} as Requirement),
    expires_after_s: typeof expires_after_s === "number" ? expires_after_s : null,
  };
}
