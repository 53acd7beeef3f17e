/** The 44 px bar on top of the frame: always there, so that nothing below it jumps. */
export function Bar() {
  return (
    <section className="flex h-11 shrink-0 items-center gap-3 border-b border-line bg-surface px-4" />
  );
}
