/** The progress line of a scan on a terminal: how far, how fast, how long still, and where. */
import { byteCount } from '../report/bytes.js';
import { columns, shorten } from '../report/layout.js';
import { sanitize } from '../report/sanitize.js';
import { formatClock, formatRate } from '../report/units.js';

/** Milliseconds between two drawings. */
const INTERVAL = 100;
/** Before this many milliseconds a rate is mostly start-up cost. */
const SETTLED = 500;
/** Carriage return, erase to the end of the line (ECMA-48 EL). */
const CLEAR = '\r\u001b[K';

/** What is needed of a `NodeJS.WriteStream`. */
interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
}

export class Progress {
  readonly #stream: Terminal;
  readonly #enabled: boolean;
  readonly #now: () => number;
  #running = false;
  #drawn = false;
  #startedAt = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #totalBytes: number | undefined;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(stream: Terminal, enabled: boolean, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#enabled = enabled;
    this.#now = now;
  }

  start(totalBytes?: number): void {
    this.#running = this.#enabled;
    this.#totalBytes = totalBytes;
    this.#startedAt = this.#now();
    this.#drawnAt = Number.NEGATIVE_INFINITY;
  }

  /** `label`: the path that is worked on. `totalBytes`, when it has become known since the start. */
  update(doneBytes: number, label: string, totalBytes?: number): void {
    if (!this.#running) return;
    this.#totalBytes = totalBytes ?? this.#totalBytes;
    const now = this.#now();
    if (now - this.#drawnAt < INTERVAL) return;
    this.#drawnAt = now;
    this.#drawn = true;
    this.#stream.write(`${CLEAR}${this.#line(doneBytes, label, now - this.#startedAt)}`);
  }

  /** Clears the line. */
  stop(): void {
    if (this.#drawn) this.#stream.write(CLEAR);
    this.#drawn = false;
    this.#running = false;
  }

  #line(doneBytes: number, label: string, elapsed: number): string {
    const total = this.#totalBytes;
    const parts = [
      total ? `${Math.min(100, Math.floor((100 * doneBytes) / total))}%` : '',
      total ? `${byteCount(doneBytes)} of ${byteCount(total)}` : byteCount(doneBytes),
    ];
    if (elapsed >= SETTLED && doneBytes > 0) {
      parts.push(formatRate(doneBytes / (elapsed / 1000)));
      if (total) parts.push(`ETA ${formatClock((Math.max(0, total - doneBytes) * elapsed) / doneBytes / 1000)}`);
    }
    // A line that fills the last column wraps on some terminals, and \r then clears only its end.
    const most = Math.max(1, (this.#stream.columns || 80) - 1);
    const head = parts.filter((part) => part !== '').join('  ');
    const room = most - columns(head) - 2;
    return room >= 8 ? `${head}  ${shorten(sanitize(label), room)}` : shorten(head, most);
  }
}
