/** The icons, drawn once: 24 × 24, 2 px strokes, no fills, always beside words. Separate so that no island draws. */

const PATHS = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  warning:
    'M12 8v5M12 16.6v.2M10.3 4.2L2.9 17.4A2 2 0 004.6 20.4h14.8a2 2 0 001.7-3L13.7 4.2a2 2 0 00-3.4 0z',
  info: 'M12 11v5.5M12 7.6v.2M12 21a9 9 0 100-18 9 9 0 000 18z',
  bad: 'M12 7.5V13M12 16.3v.2M12 21a9 9 0 100-18 9 9 0 000 18z',
  ok: 'M8 12.4l2.8 2.8L16.2 9.6M12 21a9 9 0 100-18 9 9 0 000 18z',
  copy: 'M9 9h10a1 1 0 011 1v10a1 1 0 01-1 1H9a1 1 0 01-1-1V10a1 1 0 011-1zM5 15H4a1 1 0 01-1-1V4a1 1 0 011-1h10a1 1 0 011 1v1',
  arrow: 'M5 12h14M13 6l6 6-6 6',
  chevron: 'M9 6l6 6-6 6',
  down: 'M6 9l6 6 6-6',
  lock: 'M7 11V8a5 5 0 0110 0v3M6 11h12a1 1 0 011 1v7a1 1 0 01-1 1H6a1 1 0 01-1-1v-7a1 1 0 011-1z',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 100-6 3 3 0 000 6z',
  eyeOff:
    'M4 4l16 16M9.9 5.8A9.6 9.6 0 0112 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 01-2.8 3.5M6.2 7.4A16.6 16.6 0 002.5 12S6 18.5 12 18.500a9.6 9.6 0 004.2-1M9.9 9.900a3 3 0 004.2 4.2',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  print: 'M7 9V4h10v5M7 17H5a1 1 0 01-1-1v-6a1 1 0 011-1h14a1 1 0 011 1v6a1 1 0 01-1 1h-2M7 14h10v6H7z',
  refresh: 'M20 12a8 8 0 11-2.5-5.800M20 4v4.500h-4.5',
  plus: 'M12 5v14M5 12h14',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M7 7h10v10H7z',
  close: 'M6 6l12 12M18 6L6 18',
  overview: 'M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  playground: 'M4 5h16v11H9l-5 4z',
  keys: 'M15 9.200a.2.2 0 11.01.01M14.5 14.500a5.5 5.5 0 10-5-3L3 18v3h4v-2.500h2.500V16H12z',
  receipts: 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9.5 8h5M9.5 12h5',
  health: 'M3 12h4l3-8 4 16 3-8h4',
  support:
    'M12 21a9 9 0 100-18 9 9 0 000 18zM12 15.500a3.500 3.500 0 100-7 3.500 3.500 0 000 7zM5.800 5.800l3.700 3.700M14.500 14.500l3.700 3.700M18.200 5.800l-3.700 3.700M9.500 14.500l-3.700 3.700',
  usage: 'M5 20v-8M12 20V4M19 20v-5M3 20h18',
  models: 'M12 3l8 4.500v9L12 21l-8-4.500v-9zM4.300 7.700L12 12l7.700-4.300M12 12v8.700',
  benchmark: 'M5 18a9 9 0 1114 0M12 14.500l3.500-5M12 14.500v.1',
  settings:
    'M4 7h9M17 7h3M4 17h3M11 17h9M15 9.500a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM9 19.500a2.5 2.5 0 100-5 2.5 2.5 0 000 5z',
  network: 'M2.5 9.5a14 14 0 0119 0M5.8 13a9.200 9.200 0 0112.4 0M9 16.400a4.500 4.500 0 016 0M12 19.800v.1',
  cable: 'M8 3v5M16 3v5M6 8h12v3a6 6 0 01-12 0zM12 17v4',
  updates: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 7.500v8M8.500 12l3.500 3.500 3.500-3.500',
  machine:
    'M4 5h16a1 1 0 011 1v12a1 1 0 01-1 1H4a1 1 0 01-1-1V6a1 1 0 011-1zM3 10h18M7 14.500v.1M12 13v3M15 13v3M18 13v3',
  more: 'M5 12v.1M12 12v.1M19 12v.1',
  power: 'M12 3v9M6.500 6.800a8 8 0 1011 0',
  file: 'M7 3h7l4 4v14H7a1 1 0 01-1-1V4a1 1 0 011-1zM14 3v4h4',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  shield: 'M12 3l7.5 3v5.500c0 4.5-3 8-7.5 9.5-4.5-1.5-7.5-5-7.5-9.500V6zM8.8 12l2.3 2.3 4.3-4.6',
} as const;

export type IconName = keyof typeof PATHS;

/** @param size  px at 100 % text */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
