import { BaseEdge, type Edge, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { useContext } from "react";
import { longestOf, pathOf } from "../model/path.ts";
import { RoutesContext } from "./use-routes.ts";

export type ExitEdge = Edge<{ taken: boolean; share: number | null; count: string }, "exit">;

const RADIUS = 8;

/** From an exit's port to the step it leads to, around the others; straight there where no way is
 * free. Thicker the more runs went there. */
export function ExitLine(props: EdgeProps<ExitEdge>) {
  const route = useContext(RoutesContext).get(props.id);
  const [direct, x, y] = getSmoothStepPath({ ...props, borderRadius: RADIUS, offset: 18 });
  const path = route ? pathOf(route, RADIUS) : direct;
  const { x: labelX, y: labelY } = route ? longestOf(route) : { x, y };
  const { taken = false, share = null, count = "" } = props.data ?? {};
  const warm = share !== null && share > 0;
  return (
    <BaseEdge
      id={props.id}
      path={path}
      markerEnd={props.markerEnd}
      interactionWidth={0}
      style={{
        stroke: taken || warm ? "var(--accent)" : "var(--line-strong)",
        strokeWidth: share === null ? (taken ? 2.25 : 1.5) : 1 + share * 6,
        opacity: share === 0 ? 0.5 : 1,
      }}
      {...(warm && {
        label: count,
        labelX,
        labelY,
        labelStyle: { fill: "var(--ink)", fontSize: 11, fontWeight: 600 },
        labelBgStyle: { fill: "var(--surface)" },
        labelBgPadding: [4, 2] as [number, number],
        labelBgBorderRadius: 4,
      })}
    />
  );
}
