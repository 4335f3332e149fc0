/** A galley: lines of a proof, with the editor's tick. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <rect width="32" height="32" rx="8" className="fill-ink" />
      <path
        d="M8.5 10h15M8.5 15.5h9M8.5 21h5"
        className="stroke-inverse"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <path
        d="m16.5 21.2 2.7 2.7 5.3-6.4"
        fill="none"
        stroke="#ff6a4d"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
