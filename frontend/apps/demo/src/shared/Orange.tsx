/** The shop's mark. */
export function Orange({ size = 32 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <circle cx="16" cy="18.5" r="12" fill="#f08c2a" />
      <circle cx="16" cy="18.5" r="9.6" fill="#f9b45c" />
      <path
        d="M16 18.5V9M16 18.5l8-5M16 18.5l8.5 4.4M16 18.5v9.4M16 18.5l-8.4 4.4M16 18.5l-8-5"
        stroke="#fde3bd"
        stroke-width="1.5"
        stroke-linecap="round"
      />
      <path d="M17 7.5C17 3.8 20 1.6 25 2c.2 4-3 6.6-8 5.5Z" fill="#3e8a4e" />
    </svg>
  );
}
