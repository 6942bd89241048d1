/** The memory of Windows' kernel by its addresses, which every process maps alike. */
import { PAGE, type PhysicalMemory } from '../memory.js';
import { translate } from '../page-tables.js';

const UPPER_HALF = 0xffff_8000_0000_0000n;
/** Translations that are kept: a structure is asked for several times. */
const MAX_KEPT = 1 << 16;

export class KernelMemory {
  readonly #memory: PhysicalMemory;
  /** Page number of a process's top table. */
  readonly #top: number;
  readonly #pages = new Map<bigint, number | undefined>();

  constructor(memory: PhysicalMemory, top: number) {
    this.#memory = memory;
    this.#top = top;
  }

  /** Bytes from an address on; zeros where the dump does not hold them, undefined where it does not hold the first. */
  async read(address: bigint, length: number): Promise<Uint8Array | undefined> {
    if (address < UPPER_HALF) return undefined;
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = address + BigInt(done);
      const within = Number(at % BigInt(PAGE));
      const want = Math.min(length - done, PAGE - within);
      const page = await this.#pageOf(at);
      const part = page === undefined ? undefined : await this.#memory.read(page, within, want);
      if (part) bytes.set(part, done);
      else if (done === 0) return undefined;
      done += want;
    }
    return bytes;
  }

  async #pageOf(address: bigint): Promise<number | undefined> {
    const number = address / BigInt(PAGE);
    if (!this.#pages.has(number)) {
      if (this.#pages.size >= MAX_KEPT) this.#pages.clear();
      this.#pages.set(number, await translate(this.#top, address, this.#memory));
    }
    return this.#pages.get(number);
  }
}
