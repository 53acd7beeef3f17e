/** The shop's own drawings. Each fills 200 × 150 and is never mirrored. */
import type { ComponentChildren } from "preact";

function Scene({ ground, children }: { ground: string; children: ComponentChildren }) {
  return (
    <svg viewBox="0 0 200 150" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect width="200" height="150" fill={ground} />
      {children}
    </svg>
  );
}

/** Light around a flame or a lamp; `id` is unique on the page. */
function Glow({ id, x, y, r }: { id: string; x: number; y: number; r: number }) {
  return (
    <>
      <radialGradient id={id}>
        <stop offset="0" stop-color="#fff1a0" stop-opacity=".95" />
        <stop offset="1" stop-color="#fff1a0" stop-opacity="0" />
      </radialGradient>
      <circle cx={x} cy={y} r={r} fill={`url(#${id})`} />
    </>
  );
}

const Shadow = ({ x = 100, y = 126, w = 40 }: { x?: number; y?: number; w?: number }) => (
  <ellipse cx={x} cy={y} rx={w} ry="5" fill="#000" opacity=".16" />
);

export function LampShape() {
  return (
    <>
      <rect x="97" y="62" width="6" height="18" fill="#a17545" />
      <path d="M80 24h40l14 40H66Z" fill="#f8e3c2" />
      <path d="M80 24h40l1 4H79Z" fill="#e3c59a" />
      <path
        d="M100 76c26 0 36 14 36 27 0 15-16 22-36 22s-36-7-36-22c0-13 10-27 36-27Z"
        fill="#1e8c9c"
      />
      <path
        d="M66 96c20 8 48 8 68 0M65 108c22 8 48 8 70 0"
        fill="none"
        stroke="#bfe7ea"
        stroke-width="2.5"
      />
    </>
  );
}

const Lamp = () => (
  <Scene ground="#f3e6d2">
    <Glow id="lamp-glow" x={100} y={54} r={70} />
    <Shadow w={38} />
    <LampShape />
  </Scene>
);

const Cups = () => (
  <Scene ground="#d8eef0">
    <Shadow y={120} w={58} />
    <path d="M58 62h40v40q0 18-20 18t-20-18Z" fill="#14808f" />
    <ellipse cx="78" cy="62" rx="20" ry="5" fill="#5c3a24" />
    <path d="M59 96q20 8 38 0" fill="none" stroke="#aadfe4" stroke-width="2.5" />
    <path d="M150 66c16-2 16 28-2 28" fill="none" stroke="#d8cbb4" stroke-width="6" />
    <path d="M108 52h42v50q0 18-21 18t-21-18Z" fill="#f2ebdd" />
    <ellipse cx="129" cy="52" rx="21" ry="5.5" fill="#8a5a3c" />
  </Scene>
);

const Vase = () => (
  <Scene ground="#f7ddd8">
    <Shadow y={130} w={34} />
    <path
      d="M100 60C98 40 90 26 76 22M101 60c2-22 0-38 2-52M103 60c6-16 14-26 28-30"
      fill="none"
      stroke="#3f7a4b"
      stroke-width="3"
    />
    <path
      d="M76 22c-10-4-14 2-14 10 8 2 14-2 14-10ZM103 8c8-6 12 2 8 10-6 0-8-4-8-10ZM131 30c8-8 16-2 16 6-6 4-14 2-16-6ZM84 34c-10 0-12 8-8 14 8-2 10-8 8-14Z"
      fill="#56975f"
    />
    <path
      d="M86 58h28l-2 12c22 12 28 26 28 36 0 16-16 24-40 24s-40-8-40-24c0-10 6-24 28-36Z"
      fill="#d1715a"
    />
    <path d="M64 96q36 12 72 0" fill="none" stroke="#f6d2c6" stroke-width="2.5" />
    <path
      d="m64 104 9 6 9-6 9 6 9-6 9 6 9-6 9 6 9-6"
      fill="none"
      stroke="#f6d2c6"
      stroke-width="2"
    />
  </Scene>
);

const Cushion = () => (
  <Scene ground="#efe4d6">
    <Shadow y={130} w={54} />
    <path d="M48 26q52 10 104 0 10 52 0 104-52-10-104 0-10-52 0-104Z" fill="#a8322f" />
    <path d="m100 38 38 40-38 40-38-40Z" fill="#f3e2c4" />
    <path d="m100 52 24 26-24 26-24-26Z" fill="#1d5f73" />
    <path d="m100 66 11 12-11 12-11-12Z" fill="#f0a13a" />
    <path
      d="m58 40 10 10-10 10ZM142 40l-10 10 10 10ZM58 96l10 10-10 10ZM142 96l-10 10 10 10Z"
      fill="#f0a13a"
    />
  </Scene>
);

export function BowlShape() {
  return (
    <>
      <circle cx="82" cy="62" r="20" fill="#f08c2a" />
      <circle cx="118" cy="60" r="22" fill="#f7a443" />
      <circle cx="100" cy="70" r="19" fill="#e8792a" />
      <path d="M120 40c2-8 10-12 18-8-2 8-10 12-18 8Z" fill="#3e8a4e" />
      <path d="M44 70h112c0 32-24 46-44 48H88c-20-2-44-16-44-48Z" fill="#6fb38a" />
      <path d="M48 84q52 16 104 0" fill="none" stroke="#cdebd6" stroke-width="3" />
      <path d="M84 118h32l4 8H80Z" fill="#3f7f5b" />
    </>
  );
}

const Bowl = () => (
  <Scene ground="#e2efe4">
    <Shadow y={127} w={44} />
    <BowlShape />
  </Scene>
);

export function CandleShapes() {
  return (
    <>
      <path d="M70 52h26v66H70Z" fill="#fbf4e6" />
      <path d="M108 74h24v44h-24Z" fill="#f4e8d3" />
      <path
        d="M83 28c7 8 7 16 0 18-7-2-7-10 0-18ZM120 50c7 8 7 16 0 18-7-2-7-10 0-18Z"
        fill="#f59a32"
      />
      <path d="M58 118h88l-8 8H66Z" fill="#c28a4a" />
    </>
  );
}

const Candles = () => (
  <Scene ground="#f6e4c8">
    <Glow id="candle-glow" x={83} y={40} r={40} />
    <Glow id="candle-glow-2" x={120} y={62} r={34} />
    <Shadow y={128} w={46} />
    <CandleShapes />
  </Scene>
);

const Teapot = () => (
  <Scene ground="#dfe6f2">
    <Shadow y={122} w={50} />
    <path d="M142 70c22-2 22 34-4 34" fill="none" stroke="#24518c" stroke-width="7" />
    <path d="M62 84 36 66l-4 6 26 34Z" fill="#24518c" />
    <path
      d="M100 54c32 0 46 18 46 36 0 20-18 30-46 30s-46-10-46-30c0-18 14-36 46-36Z"
      fill="#2f63a8"
    />
    <path d="M74 58q26-16 52 0Z" fill="#24518c" />
    <circle cx="100" cy="45" r="6" fill="#f0c25b" />
    <path d="m100 72 6 10 11 2-8 8 2 12-11-6-11 6 2-12-8-8 11-2Z" fill="#f0c25b" />
  </Scene>
);

const Cloth = () => (
  <Scene ground="#f1ead9">
    <Shadow y={126} w={60} />
    <path d="M40 40q60-14 120 0v80q-60 12-120 0Z" fill="#2f7d6d" />
    <path d="M50 48q50-10 100 0v64q-50 10-100 0Z" fill="none" stroke="#e9d9ae" stroke-width="2.5" />
    <path
      d="M100 56c16 8 16 40 0 48-16-8-16-40 0-48ZM74 80q26-20 52 0-26 20-52 0Z"
      fill="#e9d9ae"
    />
    <circle cx="100" cy="80" r="6" fill="#b5483a" />
    <path
      d="M40 118v10M52 121v10M64 123v10M76 124v10M88 125v10M100 125v10M112 125v10M124 124v10M136 123v10M148 121v10M160 118v10"
      stroke="#2f7d6d"
      stroke-width="2.5"
    />
  </Scene>
);

export const ART = {
  lamp: Lamp,
  cups: Cups,
  vase: Vase,
  cushion: Cushion,
  bowl: Bowl,
  candles: Candles,
  teapot: Teapot,
  cloth: Cloth,
};

/** The hero's still life: one drawing on a shelf. */
export function Hero() {
  return (
    <svg
      class="hero-art"
      viewBox="0 0 620 370"
      preserveAspectRatio="xMidYMax meet"
      aria-hidden="true"
    >
      <path d="M90 316V120a106 106 0 0 1 212 0v196Z" fill="#ecc6b2" />
      <path d="M108 316V122a88 88 0 0 1 176 0v194Z" fill="#bfe0e4" />
      <Glow id="hero-glow" x={196} y={180} r={170} />
      <ellipse cx="196" cy="318" rx="72" ry="8" opacity=".16" />
      <g transform="translate(10 96) scale(1.86 1.76)">
        <LampShape />
      </g>
      <Glow id="hero-candle" x={38} y={236} r={56} />
      <g transform="translate(-52 200)">
        <CandleShapes />
      </g>
      <g transform="translate(296 196)">
        <BowlShape />
      </g>
    </svg>
  );
}
