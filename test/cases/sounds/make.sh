#!/bin/sh
# Makes the sound files beside this one: apt-get install sox flac vorbis-tools opus-tools lame
# 0.3 s at 16 kHz, left and right (mono: left) a sine that rises from 300 to 1200 Hz, -6 dB.
set -e
cd "$(dirname "$0")"
tone() { sox -R -n -r 16000 -b 16 -c "$1" "$2" synth 0.3 sine 300-1200 gain -6; }
tone 1 tone.wav
tone 2 stereo.wav
flac -s -f --no-padding --no-seektable tone.wav -o tone.flac
flac -s -f --no-padding --no-seektable --ogg tone.wav -o tone.oga
sox -R -n -r 16000 -b 24 -c 2 deep.wav synth 0.1 sine 300-1200 gain -6
flac -s -f --no-padding --no-seektable deep.wav -o deep.flac
oggenc -Q -q 6 --serial 1 stereo.wav -o tone.ogg
opusenc --quiet --serial 1 tone.wav tone.opus
opusdec --quiet --rate 16000 tone.opus tone.opus.wav
lame --quiet -b 64 tone.wav tone.mp3
# As programs write it that can't know how much will come, and with sizes of 64 bits.
sox -R -n -r 16000 -b 16 -c 1 -t wav - synth 0.3 sine 300-1200 gain -6 2> /dev/null | cat > streamed.wav
rm stereo.wav
