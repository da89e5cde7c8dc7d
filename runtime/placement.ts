/**
 * Operators that a GPU's provider left to the CPU, where each costs a copy there and back. In: a profile that
 * onnxruntime wrote of one run; out: their names, with how often each stands in the graph.
 */
interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly args?: {
    readonly provider?: string;
    readonly op_name?: string;
    /** One object for each output: its type and sizes. */
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

/** `Scan`, `Sum (2 times)`; sizes, which onnxruntime computes on the CPU on purpose, are none. */
export function leftToCpu(profile: string): string[] {
  const counts = new Map<string, number>();
  for (const { cat, name, args } of JSON.parse(profile) as ProfileEvent[]) {
    if (cat !== 'Node' || !name?.endsWith('_kernel_time') || args?.provider !== 'CPUExecutionProvider')
      continue;
    const numbers = args.output_type_shape?.some((output) => 'float' in output) ?? true;
    if (numbers) counts.set(args.op_name ?? name, (counts.get(args.op_name ?? name) ?? 0) + 1);
  }
  return [...counts].map(([op, count]) => (count === 1 ? op : `${op} (${count} times)`)).sort();
}
