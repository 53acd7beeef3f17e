import { ApiError, type FlowDraft, type FlowProblem } from "@wasl/api";
import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { api } from "../ground.ts";
import type { Definition } from "./model/definition.ts";
import { begun, changed, type History, redone, undone } from "./model/history.ts";

const CHECK_AFTER_MS = 300;
const SAVE_AFTER_MS = 1_000;
const AGAIN_AFTER_MS = 5_000;

export type Saving =
  | { kind: "saved"; at: string }
  | { kind: "changed" | "saving" }
  /** Somebody else saved what has this version now. */
  | { kind: "conflict"; version: number }
  | { kind: "failed"; error: unknown };
export type Edit = (change: (was: Definition) => Definition, key?: string) => void;
type Loaded = FlowDraft<object>;
type Act =
  | { do: "edit"; change: (was: Definition) => Definition; key: string; at: number }
  | { do: "undo" | "redo" };

function acted(history: History<Definition>, act: Act): History<Definition> {
  if (act.do === "edit") return changed(history, act.change(history.present), act.key, act.at);
  return act.do === "undo" ? undone(history) : redone(history);
}

/** The draft that is drawn: its history, its problems, and that it is saved by itself. */
export function useDraft(loaded: Loaded) {
  const [history, act] = useReducer(acted, loaded.draft as Definition, begun<Definition>);
  const [flow, setFlow] = useState(loaded);
  const [problems, setProblems] = useState<FlowProblem[]>(loaded.problems);
  const [saving, setSaving] = useState<Saving>({ kind: "saved", at: loaded.changed_at });
  const { present } = history;
  const drawn = useRef(present);
  drawn.current = present;
  const saved = useRef(present);
  const version = useRef(loaded.version);
  const busy = useRef<Promise<void> | null>(null);
  const conflicts = useRef(false);
  const { id, key } = loaded;

  const take = useCallback((answer: Loaded) => {
    version.current = answer.version;
    setFlow(answer);
  }, []);
  /** Saves what is drawn by now; true when the server has it. */
  const save = useCallback(async (): Promise<boolean> => {
    while (busy.current) await busy.current;
    const wanted = drawn.current;
    if (wanted === saved.current) return true;
    if (conflicts.current) return false;
    setSaving({ kind: "saving" });
    const put = async () => {
      try {
        const answer = await api.call("PUT /flows/{id}/draft", {
          path: { id },
          body: { definition: wanted, version: version.current },
        });
        saved.current = wanted;
        take(answer);
        if (drawn.current === wanted) setProblems(answer.problems);
        setSaving(
          drawn.current === wanted ? { kind: "saved", at: answer.changed_at } : { kind: "changed" },
        );
      } catch (error) {
        if (error instanceof ApiError && error.code === "flow_changed") {
          conflicts.current = true;
          setSaving({ kind: "conflict", version: Number(error.params.version) });
        } else setSaving({ kind: "failed", error });
      }
    };
    busy.current = put().finally(() => {
      busy.current = null;
    });
    await busy.current;
    return saved.current === wanted;
  }, [id, take]);

  useEffect(() => {
    if (present === saved.current) return;
    setSaving((was) => (was.kind === "conflict" ? was : { kind: "changed" }));
    const control = new AbortController();
    const checking = setTimeout(async () => {
      const answer = await api
        .call("POST /flows/problems", {
          body: { definition: present, key },
          signal: control.signal,
        })
        .catch(() => null); // saving says what is wrong
      if (answer && !control.signal.aborted) setProblems(answer.items);
    }, CHECK_AFTER_MS);
    const timer = setTimeout(save, SAVE_AFTER_MS);
    return () => {
      control.abort();
      clearTimeout(checking);
      clearTimeout(timer);
    };
  }, [present, key, save]);
  useEffect(() => {
    if (saving.kind !== "failed") return;
    const timer = setTimeout(save, AGAIN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [saving, save]);
  useEffect(() => {
    const hold = (event: BeforeUnloadEvent) => {
      if (drawn.current !== saved.current) event.preventDefault();
    };
    window.addEventListener("beforeunload", hold);
    return () => {
      window.removeEventListener("beforeunload", hold);
      void save();
    };
  }, [save]);

  const edit = useCallback<Edit>((change, editKey = "") => {
    act({ do: "edit", change, key: editKey, at: Date.now() });
  }, []);
  return {
    flow,
    definition: present,
    problems,
    saving:
      saving.kind === "saved" && present !== saved.current
        ? ({ kind: "changed" } as const)
        : saving,
    edit,
    undo: history.past.length ? () => act({ do: "undo" }) : null,
    redo: history.future.length ? () => act({ do: "redo" }) : null,
    save,
    take,
    version: () => version.current,
    /** Ours stands; what the other one did is lost from the draft. */
    keepMine: () => {
      if (saving.kind !== "conflict") return;
      conflicts.current = false;
      version.current = saving.version;
      void save();
    },
    /** Theirs stands; ours can be had back by undoing. */
    takeTheirs: async () => {
      const theirs = await api.call("GET /flows/{id}", { path: { id } });
      conflicts.current = false;
      take(theirs);
      saved.current = theirs.draft as Definition;
      act({ do: "edit", change: () => theirs.draft as Definition, key: "", at: Date.now() });
      setProblems(theirs.problems);
      setSaving({ kind: "saved", at: theirs.changed_at });
    },
  };
}
export type Draft = ReturnType<typeof useDraft>;
