"""librosa's side of bench/audio.ts: each line of the standard input is a JSON request, answered by a line of JSON.

Arrays go through files of raw float64 numbers, frame after frame, in the folder that the request names.
"""

import json
import sys
import time

import librosa
import numpy as np


def load(request, name, *shape):
    return np.fromfile(f"{request['folder']}/{name}.f64").reshape(shape)


def save(request, name, array):
    np.ascontiguousarray(array, dtype=np.float64).tofile(f"{request['folder']}/{name}.f64")


def stft(request, samples):
    return librosa.stft(
        samples,
        n_fft=request["size"],
        win_length=request["window"],
        hop_length=request["hop"],
        pad_mode="constant",
    )


def bands(request):
    """librosa's triangles, each scaled to a sum of 1."""
    basis = librosa.filters.mel(
        sr=request["rate"], n_fft=request["size"], n_mels=request["mels"], norm=None, dtype=np.float64
    )
    return basis / basis.sum(axis=1, keepdims=True)


def timed(work):
    began = time.perf_counter()
    result = work()
    return result, 1000 * (time.perf_counter() - began)


def features(request):
    samples = load(request, "samples", -1)
    save(request, "stft", np.abs(stft(request, samples)).T)
    save(request, "bands", bands(request))
    basis = bands(request)

    def log_mel():
        emphasised = librosa.effects.preemphasis(samples, coef=0.97, zi=[0.0])
        levels = 20 * np.log10(np.maximum(1e-10, basis @ np.abs(stft(request, emphasised))))
        return np.clip((levels + 100) / 80, 0, 1).astype(np.float32)

    _, ms = timed(log_mel)
    return {"ms": ms}


def griffin_lim(request):
    magnitudes = load(request, "magnitudes", -1, request["size"] // 2 + 1).T
    samples, ms = timed(
        lambda: librosa.griffinlim(
            magnitudes,
            n_iter=request["iterations"],
            n_fft=request["size"],
            win_length=request["window"],
            hop_length=request["hop"],
            momentum=request["momentum"],
            pad_mode="constant",
            random_state=0,
        )
    )
    save(request, "rebuilt", samples)
    return {"ms": ms}


def from_mel(request):
    mel = load(request, "mel", -1, request["mels"]).T
    spectrum, ms = timed(lambda: librosa.util.nnls(bands(request), mel))
    save(request, "spectrum", spectrum.T)
    return {"ms": ms}


def resample(request):
    samples = load(request, "samples", -1)
    made, ms = timed(
        lambda: librosa.resample(samples, orig_sr=request["rate"], target_sr=request["to"], res_type="soxr_hq")
    )
    save(request, "resampled", made)
    return {"ms": ms}


work = {"features": features, "griffin_lim": griffin_lim, "from_mel": from_mel, "resample": resample}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = work[request["do"]](request)
    except Exception as error:
        answer = {"error": repr(error)}
    print(json.dumps({**answer, "version": librosa.__version__}), flush=True)
