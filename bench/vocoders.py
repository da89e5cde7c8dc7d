"""How far vocoders' sounds are from what they were made of: `bench/.venv-librosa/bin/python bench/vocoders.py FOLDER`.

FOLDER/truth/*.wav are recordings, FOLDER/<vocoder>/ the same files out of the recordings' features (bench/vocoders.ts writes them).
Printed for each vocoder, over all frames of 5 ms in which the recording is not silent (40 dB under its loudest at most):

  MCD    mel-cepstral distortion in dB, coefficients 1 to 24 of the log mel amplitudes of 80 bands: 10 / ln 10 sqrt(2 sum d^2)
         (Kubichek 1993), times not warped, for both are the same sentence sample by sample
  pitch  cents, root of the mean square, by pYIN (Mauch & Dixon 2014) where both are voiced, and the median of absolute ones
  voiced frames of the recording that are voiced in one of both alone, in per cent
"""

import sys
from pathlib import Path

import librosa
import numpy as np

HOP = 80  # samples at 16 kHz: 5 ms
FRAME = 1024  # of pYIN: four periods of the lowest pitch


def cepstra(x, rate):
    """[25, frames] of samples."""
    mel = librosa.feature.melspectrogram(y=x, sr=rate, n_fft=512, win_length=400, hop_length=HOP, n_mels=80, power=1)
    log = np.log(np.maximum(mel, 1e-5))
    # c[k] is the mean of log · cos(k w): that spectrum is c[0] + 2 sum c[k] cos(k w).
    return librosa.feature.mfcc(S=log, n_mfcc=25, dct_type=2, norm="ortho") / np.sqrt(2 * log.shape[0])


def pitch(x, rate):
    """Hz for each frame, nan where it has none."""
    f0, voiced, _ = librosa.pyin(x, sr=rate, fmin=60, fmax=400, frame_length=FRAME, hop_length=HOP)
    return np.where(voiced, f0, np.nan)


def loud(x):
    rms = librosa.feature.rms(y=x, frame_length=400, hop_length=HOP)[0]
    return rms > rms.max() * 1e-2


def compared(truth, made, rate):
    """A row of numbers for one sentence."""
    n = min(len(truth), len(made))
    truth, made = truth[:n], made[:n]
    spoken = loud(truth)
    apart = cepstra(truth, rate)[1:] - cepstra(made, rate)[1:]
    mcd = 10 / np.log(10) * np.sqrt(2 * (apart**2).sum(axis=0))
    p, q = pitch(truth, rate), pitch(made, rate)
    both = ~np.isnan(p) & ~np.isnan(q) & spoken
    cents = 1200 * np.log2(q[both] / p[both])
    differ = (np.isnan(p) != np.isnan(q))[spoken]
    return mcd[spoken], cents, differ


def main(folder):
    truths = sorted((folder / "truth").glob("*.wav"))
    for system in sorted(f for f in folder.iterdir() if f.is_dir() and f.name != "truth"):
        rows = []
        for path in truths:
            truth, rate = librosa.load(path, sr=None)
            made, own = librosa.load(system / path.name, sr=None)
            assert rate == own, path
            rows.append(compared(truth, made, rate))
        mcd, cents, differ = (np.concatenate(part) for part in zip(*rows))
        rms = np.sqrt((cents**2).mean())
        print(
            f"{system.name:16} MCD {mcd.mean():5.2f} dB  pitch {rms:6.1f} cents (median {np.median(abs(cents)):5.1f})"
            f"  voiced otherwise {100 * differ.mean():5.2f} %  ({len(truths)} sentences)",
            flush=True,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
