import type { Step } from "../model/definition.ts";
import { connect } from "../model/edits.ts";
import { exitsOf } from "../model/exits.ts";
import type { Draft } from "../use-draft.ts";
import { useFlowLanguage } from "../use-language.ts";
import type { Words } from "../words.ts";
import { ElementExit } from "./element-exit.tsx";

/** Where each exit of a step leads: an entry's and a case's stand beside it. */
export function Exits(props: {
  id: string;
  step: Step;
  draft: Draft;
  words: Words;
  show: (id: string) => void;
}) {
  const { id, draft, words } = props;
  const language = useFlowLanguage();
  const exits = exitsOf(props.step).filter(
    (exit) => !exit.id.includes(".") && (exit.to || language.hasField(props.step.type, exit.id)),
  );
  if (exits.length === 0) return null;
  return (
    <fieldset className="grid min-w-0 gap-2.5">
      <legend className="mb-2 text-[13px] font-semibold">{words.t("flows.exits")}</legend>
      {exits.map((exit) => (
        <ElementExit
          key={exit.id}
          exit={exit}
          label={words.exit(exit)}
          description={words.exitAbout(props.step.type, exit.id)}
          definition={draft.definition}
          words={words}
          lead={(to) => draft.edit((was) => connect(was, id, exit.id, to))}
          show={props.show}
        />
      ))}
    </fieldset>
  );
}
