import { lazy, Suspense, useState } from "react";
import { useCommand } from "./commands.ts";

const PaletteDialog = lazy(() =>
  import("./palette-dialog.tsx").then((m) => ({ default: m.PaletteDialog })),
);

/** Mod+K opens it; its code is fetched then. */
export function Palette() {
  const [open, setOpen] = useState(false);
  useCommand("palette", () => setOpen(true));
  return open ? (
    <Suspense>
      <PaletteDialog onClose={() => setOpen(false)} />
    </Suspense>
  ) : null;
}
