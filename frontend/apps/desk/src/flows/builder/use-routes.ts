import { type Edge, type ReactFlowState, useStore } from "@xyflow/react";
import { createContext, useCallback, useEffect, useMemo, useRef } from "react";
import { STEP_WIDTH } from "../model/definition.ts";
import { type Drawing, type Line, type Route, routesAfter, routesOf } from "../model/routes.ts";
import type { Box } from "../model/space.ts";

/** The way of each line around the steps, by the edge's id. */
export const RoutesContext = createContext<ReadonlyMap<string, Route>>(new Map());

interface Drawn extends Drawing {
  /** A step is being dragged. */
  moving: boolean;
}

/** The ways around the steps as they are measured. */
export function useRoutes(edges: readonly Edge[], mirrored: boolean): ReadonlyMap<string, Route> {
  const drawn = useStore(
    useCallback((state) => drawnIn(state, edges, mirrored), [edges, mirrored]),
    isSame,
  );
  const before = useRef<ReadonlyMap<string, Route>>(new Map());
  const routes = useMemo(
    () => (drawn.moving ? routesAfter(before.current, drawn) : routesOf(drawn)),
    [drawn],
  );
  useEffect(() => {
    before.current = routes;
  }, [routes]);
  return routes;
}

function drawnIn({ nodeLookup }: ReactFlowState, edges: readonly Edge[], mirrored: boolean): Drawn {
  const boxes: Box[] = [];
  let moving = false;
  for (const { internals, measured, dragging } of nodeLookup.values()) {
    const { width = STEP_WIDTH, height } = measured;
    if (height) boxes.push({ ...internals.positionAbsolute, width, height });
    moving ||= dragging === true;
  }
  const portOf = (step: string, kind: "source" | "target", exit?: string | null) => {
    const { handleBounds, positionAbsolute } = nodeLookup.get(step)?.internals ?? {};
    const port = handleBounds?.[kind]?.find(({ id }) => kind === "target" || id === exit);
    if (!port || !positionAbsolute) return;
    // a line begins and ends at a port's outer side
    const right = (kind === "source") !== mirrored;
    return {
      x: positionAbsolute.x + port.x + (right ? port.width : 0),
      y: positionAbsolute.y + port.y + port.height / 2,
    };
  };
  const lines = edges.flatMap(({ id, source, sourceHandle, target }): Line[] => {
    const from = portOf(source, "source", sourceHandle);
    const to = portOf(target, "target");
    return from && to ? [{ id, from, to, target }] : [];
  });
  return { boxes, lines, mirrored, moving };
}

function isSame(one: Drawn, other: Drawn): boolean {
  return (
    one.moving === other.moving &&
    one.mirrored === other.mirrored &&
    one.boxes.length === other.boxes.length &&
    one.lines.length === other.lines.length &&
    one.boxes.every((box, n) => isSameBox(box, other.boxes[n])) &&
    one.lines.every((line, n) => isSameLine(line, other.lines[n]))
  );
}
const isSameBox = (one: Box, other?: Box) =>
  one.x === other?.x &&
  one.y === other.y &&
  one.width === other.width &&
  one.height === other.height;
const isSameLine = (one: Line, other?: Line) =>
  one.id === other?.id &&
  one.target === other.target &&
  one.from.x === other.from.x &&
  one.from.y === other.from.y &&
  one.to.x === other.to.x &&
  one.to.y === other.to.y;
