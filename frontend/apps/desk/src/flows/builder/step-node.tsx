import { Ltr } from "@wasl/ui";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { clsx } from "clsx";
import { Braces, Flag, Languages, OctagonAlert, TriangleAlert } from "lucide-react";
import { createContext, useContext } from "react";
import { type Definition, STEP_WIDTH, type Step } from "../model/definition.ts";
import { type Exit, exitsOf } from "../model/exits.ts";
import { STEP_TYPES } from "../model/step-types.ts";
import type { Words } from "../words.ts";
import type { Heat, Mark, Trail } from "./marks.ts";

/** What every step on the canvas looks at. */
export interface Scene {
  definition: Definition;
  words: Words;
  rtl: boolean;
  trail: Trail | null;
  heat: Heat | null;
}
export const SceneContext = createContext<Scene | null>(null);
export type StepNode = Node<{ step: Step; mark: Mark }, "step">;

/** A step: what it is, one line of what it holds, a row with its port for each exit. */
export function StepCard({ id, data, selected }: NodeProps<StepNode>) {
  const scene = useContext(SceneContext);
  if (!scene) return null;
  const { words, rtl, trail, heat, definition } = scene;
  const { step, mark } = data;
  const type = STEP_TYPES[step.type];
  const Icon = type?.icon ?? Braces;
  const visited = trail?.steps.has(id);
  const exits = exitsOf(step).filter(({ to, needed }) => needed || to);
  const warmth = heat && heat.runs > 0 ? (heat.steps[id]?.runs ?? 0) / heat.runs : null;
  return (
    <div
      dir={rtl ? "rtl" : "ltr"}
      style={{
        width: STEP_WIDTH,
        background:
          warmth === null
            ? undefined
            : `color-mix(in oklab, var(--accent) ${Math.round(warmth * 34)}%, var(--surface))`,
      }}
      className={clsx(
        "rounded-xl border bg-surface text-[13px] leading-5 shadow-card",
        mark.errors ? "border-ink" : visited ? "border-accent" : "border-line",
        step.type === "flow" && "border-dashed border-line-strong!",
        selected && "border-accent! ring-4 ring-accent/25",
        trail?.at === id && "ring-2 ring-accent",
      )}
    >
      <Handle
        type="target"
        position={rtl ? Position.Right : Position.Left}
        className="size-3! min-w-0! border-0! bg-transparent!"
        style={{ top: 22 }}
      />
      <Badges id={id} mark={mark} scene={scene} />
      <div className="flex items-center gap-2 px-2.5 pt-2">
        <span
          className={clsx(
            "grid size-7 shrink-0 place-items-center rounded-lg",
            type?.group === "talk" ? "bg-accent-soft text-accent-text" : "bg-sunken text-ink-2",
          )}
        >
          <Icon size={15} aria-hidden="true" />
        </span>
        <span className="min-w-0 grow">
          <span className="block truncate leading-4 font-semibold">
            {words.typeName(step.type)}
          </span>
          <span className="block truncate text-2xs leading-3.5 text-ink-2">
            <Ltr>{id}</Ltr>
          </span>
        </span>
        {definition.start === id && (
          <Flag
            size={14}
            role="img"
            aria-label={words.t("flows.starts")}
            className="text-accent-text"
          />
        )}
      </div>
      <p
        dir="auto"
        className="bidi-line truncate px-2.5 pt-0.5 pb-1.5 text-xs leading-5 text-ink-2"
      >
        {words.line(step)}
      </p>
      {step.comment && (
        <p
          dir="auto"
          className="bidi-line mx-2.5 mb-1.5 truncate rounded border border-note-line bg-note px-1.5 text-xs leading-5"
        >
          {step.comment}
        </p>
      )}
      {exits.map((exit, n) => (
        <ExitRow key={exit.id} scene={scene} exit={exit} place={n + 1} />
      ))}
      {exits.length === 0 && (
        <p className="relative border-t border-line px-2.5 text-xs leading-6 text-ink-2">
          {words.t("flows.ends")}
          <span className="absolute -end-1 top-1/2 size-2 -translate-y-1/2 rounded-[2px] bg-ink-3" />
        </p>
      )}
      {warmth !== null && <Warmth heat={heat} id={id} />}
    </div>
  );
}

function ExitRow({ scene, exit, place }: { scene: Scene; exit: Exit; place: number }) {
  const { words, rtl, definition } = scene;
  const dead = exit.to === undefined || !(exit.to in definition.steps);
  return (
    <div
      className={clsx(
        "relative flex items-center gap-1.5 border-t border-line px-2.5 text-xs",
        exit.when === undefined ? "leading-6" : "min-h-10 py-1 leading-4",
      )}
    >
      {exit.texts && (
        <Ltr className="rounded border border-line bg-sunken px-1 text-2xs leading-4">
          {words.t("flows.line.number", { n: place })}
        </Ltr>
      )}
      <span
        dir="auto"
        title={exit.when === undefined ? undefined : words.exit(exit)}
        className={clsx(
          "bidi-line min-w-0 grow",
          exit.when === undefined ? "truncate" : "line-clamp-2 wrap-anywhere",
          dead ? "font-semibold" : "text-ink-2",
        )}
      >
        {words.exit(exit)}
      </span>
      {dead && (
        <span aria-hidden="true" className="absolute start-full top-1/2 flex items-center ps-1.5">
          <span className="w-2.5 border-t-2 border-dotted border-ink" />
          <span className="size-2.5 -translate-y-px rounded-full border-2 border-ink bg-surface" />
        </span>
      )}
      <Handle
        type="source"
        id={exit.id}
        position={rtl ? Position.Left : Position.Right}
        className={clsx(
          "size-2.5! rounded-full border-[1.5px]! bg-surface!",
          dead ? "border-ink!" : "border-line-strong!",
        )}
      />
    </div>
  );
}

function Badges({ id, mark, scene }: { id: string; mark: Mark; scene: Scene }) {
  const { t } = scene.words;
  if (!mark.errors && !mark.unsaid && !mark.warnings) return null;
  return (
    <span className="absolute -top-3 end-2 flex gap-1 whitespace-nowrap" data-marks={id}>
      {mark.errors > 0 && (
        <span className="inline-flex items-center gap-1 rounded-md bg-ink px-1.5 text-2xs leading-5 font-semibold text-surface">
          <OctagonAlert size={11} aria-hidden="true" />
          {t("flows.errors", { n: mark.errors })}
        </span>
      )}
      {mark.unsaid && (
        <span className="inline-flex items-center gap-1 rounded-md border border-dashed border-line-strong bg-surface px-1.5 text-2xs leading-4.5 font-semibold">
          <Languages size={11} aria-hidden="true" />
          {t("flows.unsaid")}
        </span>
      )}
      {mark.warnings > 0 && !mark.errors && !mark.unsaid && (
        <span className="inline-flex items-center gap-1 rounded-md border border-line bg-surface px-1.5 text-2xs leading-4.5 font-medium text-ink-2">
          <TriangleAlert size={11} aria-hidden="true" />
          {t("flows.warnings", { n: mark.warnings })}
        </span>
      )}
    </span>
  );
}

function Warmth({ heat, id }: { heat: Heat | null; id: string }) {
  const scene = useContext(SceneContext);
  const found = heat?.steps[id] ?? { runs: 0, left: 0 };
  return (
    <p className="border-t border-line px-2.5 text-xs leading-6 font-medium">
      {scene?.words.t("flows.heat.step", {
        n: found.runs,
        left: found.left,
      })}
    </p>
  );
}
