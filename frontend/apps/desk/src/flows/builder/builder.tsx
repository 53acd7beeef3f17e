import { useLocation } from "@tanstack/react-router";
import type { FlowDraft } from "@wasl/api";
import { useLocale, useT } from "@wasl/i18n";
import { Button, IconButton, toast } from "@wasl/ui";
import { ReactFlowProvider } from "@xyflow/react";
import { Plus, Rows3, Search, Workflow } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { keyOf } from "../../keys/shortcuts.ts";
import { usePhone } from "../../simulation/phone.ts";
import { addStep, copied, pasted, readClip, removeSteps } from "../model/edits.ts";
import { placesOf } from "../model/layout.ts";
import { STEP_TYPES } from "../model/step-types.ts";
import { FlowPanel } from "../panel/flow-panel.tsx";
import { StepPanel } from "../panel/step-panel.tsx";
import { usePlay } from "../simulator/use-play.ts";
import { useDraft } from "../use-draft.ts";
import { useFlowLanguage } from "../use-language.ts";
import { RestoredBar } from "../versions/restored.tsx";
import { Versions } from "../versions/strip.tsx";
import { useHeat } from "../versions/use-heat.ts";
import { useWords } from "../words.ts";
import { ArchivedBar } from "./archived-bar.tsx";
import { Canvas, type Wanted } from "./canvas.tsx";
import { ConflictBar, Head } from "./head.tsx";
import { marksOf, trailOf } from "./marks.ts";
import { Outline } from "./outline.tsx";
import { Palette } from "./palette.tsx";
import { StepSearch } from "./step-search.tsx";

const Simulator = lazy(() => import("../simulator/simulator.tsx"));
const QUICK = ["say", "menu", "ask", "lookup", "branch", "hours", "handover"];

/** What stands beside the canvas. */
type Open = { kind: "step"; id: string } | { kind: "flow" } | null;

export default function Builder({ loaded }: { loaded: FlowDraft<object> }) {
  return (
    <ReactFlowProvider>
      <Drawing loaded={loaded} />
    </ReactFlowProvider>
  );
}

function Drawing({ loaded }: { loaded: FlowDraft<object> }) {
  const t = useT();
  const { language } = useLocale();
  const draft = useDraft(loaded);
  const { definition, edit } = draft;
  const words = useWords(definition);
  useFlowLanguage(); // read before it is asked for
  const [selection, setSelection] = useState<readonly string[]>([]);
  const [open, setOpen] = useState<Open>(null);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [searching, setSearching] = useState(false);
  const [shown, setShown] = useState<{ id: string; focus: boolean } | null>(null);
  const phone = usePhone();
  const [listed, setListed] = useState(phone);
  const [simulating, setSimulating] = useState(false);
  const play = usePlay(draft.flow.key, definition);
  const heat = useHeat(draft.flow);
  const clip = useRef("");

  const select = useCallback((ids: readonly string[]) => setSelection(ids), []);
  const show = useCallback((id: string, focus = false) => {
    setSelection([id]);
    setOpen({ kind: "step", id });
    setShown({ id, focus });
  }, []);
  const openStep = useCallback((id: string) => {
    setSelection([id]);
    setOpen({ kind: "step", id });
  }, []);
  // a step that is linked to is shown once
  const linked = useLocation({ select: (location) => location.hash });
  const sought = useRef("");
  useEffect(() => {
    if (!linked || sought.current === linked || !(linked in definition.steps)) return;
    sought.current = linked;
    show(linked);
  }, [linked, definition, show]);
  const closePanel = () => {
    const was = open;
    setOpen(null);
    if (was?.kind === "step" && was.id in definition.steps) setShown({ id: was.id, focus: true });
  };
  const add = (type: string, to: Wanted) => {
    const made = addStep(definition, type, to.place, to.from);
    edit(() => made.definition);
    show(made.id);
  };
  /** Beside a step (the selected one), leading there from its first exit that leads nowhere. */
  const beside = (id = selection[0]): Wanted => {
    const places = placesOf(definition);
    const here = id ? places[id] : undefined;
    if (!id || !here) {
      const furthest = Math.max(0, ...Object.values(places).map(({ x }) => x));
      return { place: { x: furthest + 240, y: 0 } };
    }
    const dead = words.deadExit(id);
    const taken = Object.values(places);
    let y = here.y;
    while (taken.some((p) => Math.abs(p.x - here.x - 240) < 184 && Math.abs(p.y - y) < 110))
      y += 140;
    return { place: { x: here.x + 240, y }, ...(dead && { from: { step: id, exit: dead } }) };
  };
  const remove = (ids: readonly string[]) => {
    if (ids.length === 0 || ids.length >= Object.keys(definition.steps).length) {
      toast(t("flows.keeps_one"), { bad: true });
      return;
    }
    edit((was) => removeSteps(was, ids));
    setSelection([]);
    setOpen(null);
  };
  const copy = () => {
    clip.current = JSON.stringify(copied(definition, selection));
    void navigator.clipboard?.writeText(clip.current).catch(() => {}); // the page's own clip stays
  };
  const paste = (text: string) => {
    const read = readClip(text) ?? readClip(clip.current);
    if (!read) return;
    const made = pasted(definition, read);
    edit(() => made.definition);
    setSelection(made.ids);
  };
  const simulate = () => setSimulating((was) => !was);

  const onKey = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (target.closest("input, textarea, [contenteditable], [role=dialog], [role=listbox]")) return;
    const mod = event.ctrlKey || event.metaKey;
    const key = keyOf(event);
    if (mod && key === "z") (event.shiftKey ? draft.redo : draft.undo)?.();
    else if (mod && key === "y") draft.redo?.();
    else if (mod && key === "c" && selection.length) copy();
    else if (mod || event.altKey) return;
    else if (key === "a")
      setWanted(beside(target.closest<HTMLElement>(".react-flow__node")?.dataset.id));
    else if (key === "s") simulate();
    else if (key === "r" && simulating) play.restart();
    else if (key === "/") setSearching(true);
    else if (key === "escape" && open) closePanel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  // while nothing has the focus, a key is for the drawing, too
  const heard = useRef(onKey);
  heard.current = onKey;
  useEffect(() => {
    const onPage = (event: KeyboardEvent) => {
      if (event.target === document.body) heard.current(event);
    };
    window.addEventListener("keydown", onPage, true);
    return () => window.removeEventListener("keydown", onPage, true);
  }, []);
  const panel = open && (
    <aside
      aria-label={open.kind === "flow" ? t("flows.settings") : words.stepName(open.id)}
      className="flex min-h-0 w-full shrink-0 flex-col border-s border-line bg-surface max-md:absolute max-md:inset-0 max-md:z-20 md:w-80 xl:w-88"
    >
      {open.kind === "flow" ? (
        <FlowPanel draft={draft} words={words} close={closePanel} />
      ) : (
        definition.steps[open.id] && (
          <StepPanel
            key={open.id}
            id={open.id}
            draft={draft}
            words={words}
            heat={heat.found}
            show={show}
            renamed={(id) => show(id)}
            duplicate={() => paste(JSON.stringify(copied(definition, [open.id])))}
            remove={() => remove([open.id])}
            close={closePanel}
          />
        )
      )}
    </aside>
  );
  const marks = useMemo(() => marksOf(draft.problems), [draft.problems]);
  const trail = useMemo(() => trailOf(simulating ? play.moves : []), [simulating, play.moves]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of the whole page
    <div
      className="relative flex min-h-0 min-w-0 grow flex-col"
      onKeyDown={(event) => onKey(event.nativeEvent)}
      onPaste={(event) => {
        if ((event.target as HTMLElement).closest("input, textarea")) return;
        paste(event.clipboardData.getData("text/plain"));
      }}
    >
      <Head
        draft={draft}
        words={words}
        show={show}
        settings={() => setOpen({ kind: "flow" })}
        simulating={simulating}
        simulate={simulate}
      />
      <Versions draft={draft} words={words} heat={heat} />
      <RestoredBar draft={draft} />
      <ArchivedBar draft={draft} />
      <ConflictBar draft={draft} />
      <div className="relative flex min-h-0 grow">
        <main className="flex min-h-0 min-w-0 grow flex-col">
          <div className="relative flex min-h-0 grow">
            {listed ? (
              <Outline
                definition={definition}
                words={words}
                marks={marks}
                current={open?.kind === "step" ? open.id : null}
                open={openStep}
              />
            ) : (
              <Canvas
                definition={definition}
                words={words}
                edit={edit}
                marks={marks}
                trail={trail}
                heat={heat.found}
                selection={selection}
                select={select}
                open={openStep}
                remove={remove}
                add={setWanted}
                shown={shown}
              />
            )}
            {/* across from the canvas's own controls, which stay on the left in every language */}
            <div
              dir="ltr"
              className="pointer-events-none absolute inset-x-3 bottom-3 z-10 flex justify-end"
            >
              <div
                role="toolbar"
                aria-label={t("flows.tools")}
                dir={language === "en" ? "ltr" : "rtl"}
                className="pointer-events-auto flex max-w-full items-center gap-1 rounded-xl border border-line bg-surface p-1.5 shadow-pop"
              >
                <Button kind="primary" icon={Plus} kbd="A" onPress={() => setWanted(beside())}>
                  {t("flows.add_step")}
                </Button>
                {QUICK.map((type) => {
                  const Icon = STEP_TYPES[type]?.icon;
                  return (
                    Icon && (
                      <span key={type} className="max-xl:hidden">
                        <IconButton
                          icon={Icon}
                          label={t("flows.add_one", { type: t(`flows.type.${type}`) })}
                          onPress={() => add(type, beside())}
                        />
                      </span>
                    )
                  );
                })}
                <IconButton
                  icon={Search}
                  kbd="/"
                  label={t("flows.find_step")}
                  onPress={() => setSearching(true)}
                />
                <IconButton
                  icon={listed ? Workflow : Rows3}
                  label={t(listed ? "flows.as_drawing" : "flows.as_list")}
                  onPress={() => setListed(!listed)}
                />
              </div>
            </div>
          </div>
          {simulating && (
            <Suspense>
              <Simulator play={play} words={words} show={show} close={simulate} />
            </Suspense>
          )}
        </main>
        {panel}
      </div>
      {wanted && <Palette choose={(type) => add(type, wanted)} close={() => setWanted(null)} />}
      {searching && (
        <StepSearch
          definition={definition}
          words={words}
          choose={(id) => show(id, !listed)}
          close={() => setSearching(false)}
        />
      )}
    </div>
  );
}
