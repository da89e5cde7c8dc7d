import { assert } from 'chai';
import { operatorsOnCpu } from '../../runtime/engines/placement.ts';

describe('what was left to the CPU', () => {
  const event = (op: string, provider: string, input: string, name = 'n1_kernel_time') => ({
    cat: 'Node',
    name,
    dur: 3,
    args: { provider: `${provider}ExecutionProvider`, op_name: op, input_type_shape: [{ [input]: [2, 3] }] },
  });

  it('is named and counted, sizes aside', () => {
    const profile = [
      { cat: 'Session', name: 'model_loading', dur: 1 },
      event('Sum', 'CPU', 'float'),
      event('Sum', 'CPU', 'float', 'n2_kernel_time'),
      event('Scan', 'CPU', 'float'),
      event('Gemm', 'WebGpu', 'float'),
      event('Concat', 'CPU', 'int64'),
      event('Erf', 'CPU', 'float', 'n3_fence_before'),
    ];
    assert.deepEqual(operatorsOnCpu(JSON.stringify(profile)), ['Scan', 'Sum (2 times)']);
    assert.deepEqual(operatorsOnCpu('[]'), []);
  });
});
