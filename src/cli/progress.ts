/** The progress line of a scan on a terminal. */
import { byteCount } from '../report/bytes.js';
import { sanitize } from '../report/sanitize.js';

/** Milliseconds between two redraws. */
const INTERVAL = 100;
const CLEAR = '\r\u001b[K';

interface Terminal {
  write(text: string): unknown;
  readonly columns?: number;
}

export class Progress {
  readonly #stream: Terminal;
  readonly #enabled: boolean;
  readonly #now: () => number;
  #started = 0;
  #drawn = Number.NEGATIVE_INFINITY;
  #visible = false;

  /** `now`: milliseconds, for tests. Silent unless enabled. */
  constructor(stream: Terminal, enabled: boolean, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#enabled = enabled;
    this.#now = now;
  }

  start(): void {
    this.#started = this.#now();
  }

  /** `totalBytes` undefined: nobody knows how much will come. */
  update(doneBytes: number, label: string, totalBytes: number | undefined): void {
    const now = this.#now();
    if (!this.#enabled || now - this.#drawn < INTERVAL) return;
    this.#drawn = now;
    this.#visible = true;
    const seconds = (now - this.#started) / 1000;
    const rate = seconds > 0 ? doneBytes / seconds : 0;
    const parts = [byteCount(doneBytes), `${byteCount(rate)}/s`];
    if (totalBytes !== undefined && totalBytes > 0) {
      parts.unshift(`${String(Math.min(100, Math.floor((100 * doneBytes) / totalBytes))).padStart(3)} %`);
      if (rate > 0) parts.push(`${clock((totalBytes - doneBytes) / rate)} left`);
    }
    const facts = parts.join('  ');
    const room = Math.max(0, (this.#stream.columns ?? 80) - 1 - facts.length - 2);
    this.#stream.write(`${CLEAR}${facts}  ${tail(sanitize(label), room)}`);
  }

  /** Clears the line. */
  stop(): void {
    if (this.#visible) this.#stream.write(CLEAR);
    this.#visible = false;
  }
}

/** The end of a path tells more than its beginning. */
function tail(text: string, room: number): string {
  if (text.length <= room) return text;
  return room < 2 ? '' : `…${text.slice(text.length - room + 1)}`;
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
