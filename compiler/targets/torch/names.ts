/** Words that emitted programs must not use for anything else, and how names are written in Python. */
import { pyString } from '../text/escape.ts';
import { Names } from '../text/names.ts';

const words =
  `False None True and as assert async await break class continue def del elif else except finally for from
global if import in is lambda nonlocal not or pass raise return try while with yield match case type`.split(
    /\s+/,
  );

/** Builtins that programs call, imports, and what functions call their own. */
const own =
  `torch nn F ops math dict list tuple zip super self cls w networks weights batch draws at given state Taken Update
Adam AdamW SGD Shared Networks Weights Block BatchNorm InstanceNorm LayerNorm RNN GRU LSTM Path unpacked UPDATES AVERAGES STEPS REPORTS INPUTS objective losses gradients statistics moved means when
clip factor float int`.split(/\s+/);

const reserved = new Set([...words, ...own]);
/** Functions of updates and reports are called so, with numbers behind. */
const numbered = /^(update|average|set|report|shared)_\d+|^report_\d+_/;

/** Names that a program may use. */
export const programNames = (): Names => new Names({ reserved, numbered });
/** Names of what the host feeds, which stand behind a point. */
export const fedNames = (): Names => new Names({ reserved: new Set(words), numbered: /^$/ });

/** What every `nn.Module` has already: a network or layer of such a name is reached another way. */
const ofModules = new Set(
  `add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval extra_repr float
forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia named_buffers
named_children named_modules named_parameters parameters register_backward_hook register_buffer register_forward_hook
register_forward_pre_hook register_module register_parameter requires_grad_ set_extra_state set_submodule share_memory
state_dict to to_empty train training type xpu zero_grad T_destination`.split(/\s+/),
);

const isName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && !words.includes(name);

/** `.weight`; otherwise where that is no attribute. */
export const property = (name: string): string => (isName(name) ? `.${name}` : `[${quoted(name)}]`);
/** Of a module. */
export const part = (name: string): string =>
  isName(name) && !ofModules.has(name) ? `.${name}` : `.get_submodule(${quoted(name)})`;
/** A state of the spec's own, of the module that holds all networks. */
export const ownState = (name: string): string =>
  isName(name) && !ofModules.has(name) ? `.${name}` : `._buffers[${quoted(name)}]`;
/** A literal. */
export const quoted = pyString;
