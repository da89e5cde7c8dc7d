#!/usr/bin/env bash
# Installs sets of speech for `speech(...)`, a folder of WAV files for each speaker:
#
#   setup/data/speech-sets.sh asterisk [FOLDER]   real speech: Debian's asterisk-core-sounds, four speakers, 2,761
#                                              recordings of 8 kHz (en and es are one speaker's). No root needed.
#   setup/data/speech-sets.sh digits [FOLDER]     real speech: the Free Spoken Digit Dataset, six speakers, English digits,
#                                              3,000 recordings of 8 kHz. Needs git and a way to GitHub.
#   setup/data/speech-sets.sh tts [FOLDER]        espeak-ng and flite, whichever are installed, saying forty sentences
#
# FOLDER is where the set goes (default: speech/<set> in the cache: $GANC_CACHE, else $XDG_CACHE_HOME/ganc, else
# ~/.cache/ganc). A set appears whole or not at all; one that is there stays. Terms of asterisk: CC BY-SA 3.0 (en, es, fr)
# and CC BY 3.0 (it, ru), the packages' copyright files are put beside the recordings; of digits: CC BY-SA 4.0, its README
# is put beside them.
set -euo pipefail

fail() { echo "speech-sets: $*" >&2; exit 1; }
cache=${GANC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ganc}
set=${1:-}
case $set in asterisk | digits | tts) ;; *) fail 'which set? asterisk, digits or tts' ;; esac
target=${2:-$cache/speech/$set}
if [ -d "$target" ]; then
  echo "$target is there already; delete it to have it made anew"
  exit 0
fi
mkdir -p "$(dirname "$target")"
# From the root on: what follows changes folders.
target=$(cd "$(dirname "$target")" && pwd)/$(basename "$target")
work=$(mktemp -d "$(dirname "$target")/.unfinished-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/set"

asterisk() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    fail 'this takes Debian packages apart: it needs apt-get and dpkg-deb'
  (cd "$work" && apt-get -qq download asterisk-core-sounds-{en,es,fr,it,ru}-wav 2>"$work/errors") ||
    fail "the packages could not be downloaded ($(tail -1 "$work/errors")): apt-get update, perhaps"
  for package in "$work"/*.deb; do
    rm -rf "$work/files"
    dpkg-deb -x "$package" "$work/files"
    for voice in "$work"/files/usr/share/asterisk/sounds/*_*/; do
      # en_US_f_Allison: language, country, sex, name.
      name=$(basename "$voice")
      speaker=$(tr '[:upper:]' '[:lower:]' <<<"${name##*_}")
      mkdir -p "$work/set/$speaker"
      (cd "$voice" && find . -name '*.wav' ! -path './silence/*' ! -name 'beep*.wav' ! -name '*tone.wav' -printf '%P\n') | while read -r file; do
        cp "$voice$file" "$work/set/$speaker/${name%%_*}-${file//\//-}"
      done
    done
    cp "$work"/files/usr/share/doc/*/copyright "$work/set/copyright-$(basename "$package" | cut -d_ -f1)"
  done
}

# By its address, and by git's hash of what it holds: other recordings than these are not taken.
digits() {
  local from=https://github.com/Jakobovski/free-spoken-digit-dataset tag=v1.0.10
  local held=d04322e322a9f937f6f4f7c8546693755184df5b
  command -v git >/dev/null || fail 'this needs git'
  git clone -q --depth 1 --branch "$tag" "$from" "$work/clone" 2>"$work/errors" ||
    fail "$from could not be fetched ($(tail -1 "$work/errors")); a mirror of it: git config --global url.MIRROR.insteadOf $from"
  [ "$(git -C "$work/clone" rev-parse HEAD:recordings)" = "$held" ] || fail "$from $tag has other recordings than it had"
  for file in "$work"/clone/recordings/*.wav; do
    # 7_jackson_32.wav: the digit, who says it, and which time.
    IFS=_ read -r digit speaker time <<<"$(basename "$file")"
    mkdir -p "$work/set/$speaker"
    cp "$file" "$work/set/$speaker/${digit}_$time"
  done
  cp "$work/clone/README.md" "$work/set/README.md"
}

# Forty sentences, for voices that read: all say the same.
sentences() {
  local who=('The old gardener' 'My younger sister' 'A tired teacher' 'The ship captain' 'Every good baker')
  local did=('carried the heavy basket' 'painted the wooden fence' 'forgot the yellow umbrella' 'measured the long shadow')
  local when=('before the rain began.' 'while the village was asleep.')
  for a in "${who[@]}"; do for b in "${did[@]}"; do for c in "${when[@]}"; do echo "$a $b $c"; done; done; done
}

tts() {
  local voices=()
  if command -v espeak-ng >/dev/null; then
    for variant in m1 m3 m5 m7 f1 f2 f4 f5; do voices+=("espeak-ng en+$variant"); done
  fi
  if command -v flite >/dev/null; then
    for voice in awb kal16 rms slt; do voices+=("flite $voice"); done
  fi
  [ ${#voices[@]} -gt 0 ] || fail 'neither espeak-ng nor flite is installed: apt-get install espeak-ng flite'
  for spoken in "${voices[@]}"; do
    read -r program voice <<<"$spoken"
    folder="$work/set/$program-${voice#en+}"
    mkdir -p "$folder"
    local n=0
    sentences | while read -r sentence; do
      n=$((n + 1))
      file="$folder/$(printf %02d $n).wav"
      if [ "$program" = flite ]; then
        flite -voice "$voice" -t "$sentence" -o "$file" >/dev/null || fail "flite could not say a sentence as $voice"
      else
        espeak-ng -v "$voice" -w "$file" "$sentence" >/dev/null 2>&1 || fail "espeak-ng could not say a sentence as $voice"
      fi
    done
  done
}

"$set"
mv "$work/set" "$target"
count=$(find "$target" -mindepth 1 -maxdepth 1 -type d | wc -l)
files=$(find "$target" -name '*.wav' | wc -l)
echo "$target: $files recordings of $count speakers"
[ "$set" = digits ] && name='<word>_*' words=', words: 10' || name='*' words=
echo "in a spec: speech(\"$target/<speaker>/$name.wav\", speakers: $count$words, unusable: skip)"
