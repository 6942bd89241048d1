/** What a worker scans with: its detectors, and a kernel for each slot that it has met. */
import { loadKernelModule } from '../artifacts.js';
import { type Kernel, type KernelKind, kernelFactory } from './kernel.js';
import type { CredentialSetup, ScanResult, ScanTask } from './protocol.js';
import { loadRoutes, type Route, type Routes } from './routes.js';
import { scanWindow } from './window.js';

export class Scanner {
  readonly createKernel: (memory: WebAssembly.Memory) => Kernel;
  readonly #routes: readonly Route[];
  readonly #known = new Map<number, { memory: WebAssembly.Memory; kernel: Kernel }>();

  static async create(kernel: KernelKind | 'auto', credentials: CredentialSetup): Promise<Scanner> {
    return new Scanner(kernel, await loadRoutes(credentials));
  }

  constructor(kernel: KernelKind | 'auto', { routes, tables }: Routes) {
    this.#routes = routes;
    const anchors = routes.map(({ anchor }) => anchor);
    this.createKernel = kernelFactory(kernel, loadKernelModule(), anchors, tables);
  }

  /** `kernel`: of the task's slot. */
  scan(task: ScanTask, kernel = this.#kernelFor(task.slot)): ScanResult {
    return scanWindow(task, kernel, this.#routes);
  }

  #kernelFor({ id, memory }: ScanTask['slot']): Kernel {
    const known = this.#known.get(id);
    if (known?.memory === memory) return known.kernel;
    const kernel = this.createKernel(memory);
    this.#known.set(id, { memory, kernel });
    return kernel;
  }
}
