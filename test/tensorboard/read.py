# What TensorBoard's own reader finds in a folder of event files: JSON on the standard output.
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2

found = EventAccumulator(sys.argv[1], size_guidance={"images": 0, "audio": 0, "scalars": 0, "tensors": 0})
found.Reload()
tags = found.Tags()
hparams = {}
metadata = found.summary_metadata.get("_hparams_/session_start_info")
if metadata is not None:
    data = plugin_data_pb2.HParamsPluginData.FromString(metadata.plugin_data.content)
    for name, value in data.session_start_info.hparams.items():
        hparams[name] = getattr(value, value.WhichOneof("kind"))


def tensor_text(tag):
    return found.Tensors(tag)[0].tensor_proto.string_val[0].decode()


print(json.dumps({
    "tags": {kind: sorted(names) if isinstance(names, list) else names for kind, names in tags.items()},
    "scalars": {tag: [[e.step, e.value] for e in found.Scalars(tag)] for tag in tags["scalars"]},
    "images": {tag: [[e.step, e.width, e.height, len(e.encoded_image_string)] for e in found.Images(tag)] for tag in tags["images"]},
    "audio": {tag: [[e.step, e.sample_rate, e.length_frames, e.content_type] for e in found.Audio(tag)] for tag in tags["audio"]},
    "histograms": {tag: [[e.step, e.histogram_value.num, sum(e.histogram_value.bucket)] for e in found.Histograms(tag)] for tag in tags["histograms"]},
    "text": {tag: tensor_text(tag) for tag in tags["tensors"] if tag == "spec"},
    "hparams": hparams,
}))
