import { useFormat, useLocale } from "@wasl/i18n";
import { IconButton } from "@wasl/ui";
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  MarkerType,
  MiniMap,
  type NodeChange,
  Panel,
  ReactFlow,
  useReactFlow,
  useStore,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { LayoutDashboard, Map as MapIcon, Maximize, Minus, Plus } from "lucide-react";
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { type Definition, type Place, STEP_WIDTH } from "../model/definition.ts";
import { connect, moveSteps } from "../model/edits.ts";
import { exitsOf } from "../model/exits.ts";
import { arranged, placesOf } from "../model/layout.ts";
import type { Edit } from "../use-draft.ts";
import type { Words } from "../words.ts";
import { type ExitEdge, ExitLine } from "./exit-edge.tsx";
import { type Heat, type Mark, NO_MARK, type Trail, wayOut } from "./marks.ts";
import { SceneContext, StepCard, type StepNode } from "./step-node.tsx";
import { RoutesContext, useRoutes } from "./use-routes.ts";
import { headingOf, nextStep } from "./walking.ts";

const NODE_TYPES = { step: StepCard };
const EDGE_TYPES = { exit: ExitLine };
const NUDGE = 16;
const LEAST_READABLE = 0.6;

/** Where a new step goes, and the exit that is to lead there. */
export interface Wanted {
  place: Place;
  from?: { step: string; exit: string };
}
interface Props {
  definition: Definition;
  words: Words;
  edit: Edit;
  marks: Record<string, Mark>;
  trail: Trail | null;
  heat: Heat | null;
  selection: readonly string[];
  select: (ids: readonly string[]) => void;
  open: (id: string) => void;
  remove: (ids: readonly string[]) => void;
  add: (wanted: Wanted) => void;
  /** Comes into view with focus when it changes. */
  shown: { id: string; focus: boolean } | null;
  children?: ReactNode;
}

/** The drawing. The canvas runs from left to right in every language; what it shows is mirrored
 * where the page is read from the right, and stored places never change with the language. */
export function Canvas(props: Props) {
  const { definition, words, edit, marks, trail, heat, selection, select, open } = props;
  const { language } = useLocale();
  const format = useFormat();
  const rtl = language !== "en";
  const flow = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  const [mapped, setMapped] = useState(false);
  const places = useMemo(() => placesOf(definition), [definition]);
  const mirrored = useCallback(
    ({ x, y }: Place): Place => (rtl ? { x: -x - STEP_WIDTH, y } : { x, y }),
    [rtl],
  );

  const [nodes, setNodes] = useState<StepNode[]>([]);
  useEffect(() => {
    setNodes((before) => {
      const known = new Map(before.map((node) => [node.id, node]));
      return Object.entries(definition.steps).map(([id, step]) => ({
        ...known.get(id),
        id,
        type: "step",
        position: mirrored(places[id] ?? { x: 0, y: 0 }),
        selected: selection.includes(id),
        ariaLabel: `${words.stepName(id)}: ${words.line(step)}`,
        data: { step, mark: marks[id] ?? NO_MARK },
      }));
    });
  }, [definition, places, selection, marks, mirrored, words]);

  const edges = useMemo<ExitEdge[]>(
    () =>
      Object.entries(definition.steps).flatMap(([id, step]) =>
        exitsOf(step)
          .filter(({ to }) => to !== undefined && to in definition.steps)
          .map((exit) => {
            const key = wayOut(id, exit.id);
            const taken = trail?.exits.has(key) ?? false;
            const runs = heat?.exits[key] ?? 0;
            const warm = heat !== null && runs > 0;
            return {
              id: key,
              type: "exit",
              source: id,
              sourceHandle: exit.id,
              target: exit.to ?? "",
              markerEnd: {
                type: MarkerType.ArrowClosed,
                color: taken || warm ? "var(--accent)" : "var(--line-strong)",
                width: warm ? 10 : 16,
                height: warm ? 10 : 16,
              },
              data: {
                taken,
                share: heat === null ? null : runs / Math.max(1, heat.runs),
                count: format.number(runs),
              },
            };
          }),
      ),
    [definition, trail, heat, format],
  );
  const routes = useRoutes(edges, rtl);

  const onNodesChange = useCallback(
    (changes: NodeChange<StepNode>[]) => {
      const chosen = changes.filter((change) => change.type === "select");
      if (chosen.length) {
        const now = new Set(selection);
        for (const { id, selected } of chosen) selected ? now.add(id) : now.delete(id);
        select([...now]);
      }
      setNodes((now) =>
        applyNodeChanges(
          changes.filter(({ type }) => type === "position" || type === "dimensions"),
          now,
        ),
      );
    },
    [selection, select],
  );
  const move = (moved: readonly { id: string; position: Place }[]) =>
    edit((was) =>
      moveSteps(was, Object.fromEntries(moved.map((n) => [n.id, mirrored(n.position)]))),
    );

  const focus = useCallback((id: string) => {
    frame.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"]`)?.focus();
  }, []);
  const reveal = useCallback(
    (id: string) => {
      const node = flow.getInternalNode(id);
      if (!node) return;
      const { width = STEP_WIDTH, height = 100 } = node.measured;
      const { x, y } = node.internals.positionAbsolute;
      const zoom = Math.max(flow.getZoom(), 0.7);
      void flow.setCenter(x + width / 2, y + height / 2, { zoom, duration: 0 });
    },
    [flow],
  );
  const { shown } = props;
  useEffect(() => {
    if (!shown) return;
    // not before it is drawn and measured
    const frames = requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        reveal(shown.id);
        if (shown.focus) focus(shown.id);
      }),
    );
    return () => cancelAnimationFrame(frames);
  }, [shown, reveal, focus]);

  // the side that is read from stays where it is when something opens beside the drawing, and what
  // is selected stays in sight
  const chosen = useRef(selection);
  chosen.current = selection;
  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    let width = box.clientWidth;
    const watching = new ResizeObserver(() => {
      const grown = box.clientWidth - width;
      width += grown;
      const { x, y, zoom } = flow.getViewport();
      if (rtl && grown) void flow.setViewport({ x: x + grown, y, zoom });
      const [one, other] = chosen.current;
      const node = one && !other ? flow.getInternalNode(one) : undefined;
      if (!node) return;
      const at = flow.flowToScreenPosition(node.internals.positionAbsolute);
      const sight = box.getBoundingClientRect();
      const { width: wide = STEP_WIDTH, height: tall = 100 } = node.measured;
      const seen =
        at.x >= sight.left &&
        at.x + wide * zoom <= sight.right &&
        at.y >= sight.top &&
        at.y + Math.min(tall * zoom, sight.height / 2) <= sight.bottom;
      if (!seen) reveal(node.id);
    });
    watching.observe(box);
    return () => watching.disconnect();
  }, [flow, rtl, reveal]);

  /** All of it, or its beginning where all of it would be too small to read. */
  const begin = useCallback(() => {
    const box = frame.current?.getBoundingClientRect();
    const start = flow.getInternalNode(definition.start);
    const bounds = flow.getNodesBounds(flow.getNodes());
    if (!box || !bounds.width) return;
    const zoom = Math.min((box.width - 60) / bounds.width, (box.height - 120) / bounds.height, 1);
    if (zoom >= LEAST_READABLE || !start)
      void flow.fitView({ maxZoom: 1, minZoom: LEAST_READABLE, padding: 0.08 });
    else {
      const { x, y } = start.internals.positionAbsolute;
      const scale = 0.8;
      void flow.setViewport({
        x: (rtl ? box.width - 40 - STEP_WIDTH * scale : 40) - x * scale,
        y: box.height / 3 - y * scale,
        zoom: scale,
      });
    }
  }, [flow, definition.start, rtl]);

  const onKeyDown = (event: KeyboardEvent) => {
    const id = (event.target as HTMLElement).closest<HTMLElement>(".react-flow__node")?.dataset.id;
    if (!id) return;
    const heading = headingOf(event.key, rtl);
    if (event.key === "Enter" || event.key === " ") open(id);
    else if (event.key === "Delete" || event.key === "Backspace")
      props.remove(selection.includes(id) ? selection : [id]);
    else if (heading && event.shiftKey) {
      const { x, y } = places[id] ?? { x: 0, y: 0 };
      const along = heading === "forward" ? NUDGE : heading === "back" ? -NUDGE : 0;
      const across = heading === "down" ? NUDGE : heading === "up" ? -NUDGE : 0;
      edit((was) => moveSteps(was, { [id]: { x: x + along, y: y + across } }), `place of ${id}`);
    } else if (heading) {
      const next = nextStep(places, id, heading);
      if (next) {
        select([next]);
        reveal(next);
        focus(next);
      }
    } else return;
    event.preventDefault();
  };
  const scene = useMemo(
    () => ({ definition, words, rtl, trail, heat }),
    [definition, words, rtl, trail, heat],
  );
  const drawing = (
    <SceneContext value={scene}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of the steps in it */}
      <div ref={frame} dir="ltr" className="relative min-h-0 min-w-0 grow" onKeyDown={onKeyDown}>
        <ReactFlow
          aria-label={words.t("flows.canvas")}
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onNodesChange={onNodesChange}
          onNodeDragStop={(_, __, dragged) => move(dragged)}
          onNodeClick={(event, node) => !event.shiftKey && !event.ctrlKey && open(node.id)}
          onInit={() => requestAnimationFrame(begin)}
          onConnect={({ source, sourceHandle, target }) =>
            edit((was) => connect(was, source, sourceHandle ?? "next", target))
          }
          onConnectEnd={(event, { fromNode, fromHandle, isValid }) => {
            if (!fromNode || !fromHandle?.id || isValid || fromHandle.type !== "source") return;
            const at = "changedTouches" in event ? event.changedTouches[0] : event;
            if (!at) return;
            const over = document.elementFromPoint(at.clientX, at.clientY);
            const target = over?.closest<HTMLElement>(".react-flow__node")?.dataset.id;
            const from = { step: fromNode.id, exit: fromHandle.id };
            if (target) edit((was) => connect(was, from.step, from.exit, target));
            else {
              const { x, y } = flow.screenToFlowPosition({ x: at.clientX, y: at.clientY });
              // a step's own place is where it begins, on the side of its reading
              props.add({
                place: mirrored(rtl ? { x: x - STEP_WIDTH, y: y - 22 } : { x, y: y - 22 }),
                from,
              });
            }
          }}
          connectionRadius={36}
          deleteKeyCode={null}
          disableKeyboardA11y
          edgesFocusable={false}
          elementsSelectable
          minZoom={0.15}
          maxZoom={1.6}
          ariaLabelConfig={{
            "node.a11yDescription.default": "",
            "node.a11yDescription.keyboardDisabled": "",
          }}
          proOptions={{ hideAttribution: true }}
          className="bg-canvas"
        >
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} color="var(--line)" />
          <Panel position="bottom-left" className="m-3! max-md:mb-18!">
            <Zoom
              words={words}
              mapped={mapped}
              map={() => setMapped(!mapped)}
              arrange={() => {
                edit((was) => ({ ...was, layout: arranged(was) }));
                requestAnimationFrame(() => requestAnimationFrame(begin));
              }}
            />
          </Panel>
          {mapped && (
            <MiniMap
              pannable
              zoomable
              ariaLabel={words.t("flows.map")}
              position="top-left"
              bgColor="var(--surface)"
              maskColor="color-mix(in oklab, var(--canvas) 70%, transparent)"
              nodeColor={(node) =>
                selection.includes(node.id) ? "var(--accent)" : "var(--line-strong)"
              }
              nodeBorderRadius={12}
              className="overflow-hidden rounded-xl border border-line shadow-card"
            />
          )}
        </ReactFlow>
        {props.children}
      </div>
    </SceneContext>
  );
  return <RoutesContext value={routes}>{drawing}</RoutesContext>;
}

function Zoom(props: { words: Words; mapped: boolean; map: () => void; arrange: () => void }) {
  const { t } = props.words;
  const format = useFormat();
  const flow = useReactFlow();
  const zoom = useStore((state) => state.transform[2]);
  return (
    <div className="flex items-center gap-0.5 rounded-xl border border-line bg-surface p-1 shadow-card">
      <IconButton icon={Plus} label={t("flows.zoom_in")} onPress={() => void flow.zoomIn()} />
      <IconButton icon={Minus} label={t("flows.zoom_out")} onPress={() => void flow.zoomOut()} />
      <bdi className="num w-11 text-center text-xs text-ink-2">{format.percent(zoom)}</bdi>
      <IconButton
        icon={Maximize}
        label={t("flows.fit")}
        onPress={() => void flow.fitView({ maxZoom: 1, padding: 0.08 })}
      />
      <IconButton
        icon={MapIcon}
        label={t("flows.map")}
        isSelected={props.mapped}
        onPress={props.map}
      />
      <IconButton icon={LayoutDashboard} label={t("flows.arrange")} onPress={props.arrange} />
    </div>
  );
}
