const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}،؛؟»]/g;

/** A message's text: its own direction, its line breaks, and addresses as links. */
export function Text({ text }: { text: string }) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    if (found.index > from) parts.push(text.slice(from, found.index));
    parts.push(
      <bdi dir="ltr">
        <a href={found[0]} target="_blank" rel="noopener noreferrer nofollow">
          {found[0]}
        </a>
      </bdi>,
    );
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return (
    <p class="text" dir="auto">
      {parts}
    </p>
  );
}
