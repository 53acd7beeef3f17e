/** The brand: an open hook and a closed ring. It never mirrors. */
export function Mark({ size = 22, stroke = 3 }: { size?: number; stroke?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={stroke}
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M2.8 6.6v6a4.6 4.6 0 0 0 9.2 0" />
      <circle cx="16.6" cy="12.6" r="4.6" />
    </svg>
  );
}
