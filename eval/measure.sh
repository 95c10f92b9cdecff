#!/bin/sh
# Measures a model: sh eval/measure.sh SUNTO [OUT] [MODEL]
#
# Runs eval/translate.toml and eval/brief.toml with the binary SUNTO (MODEL: a folder or card in place of the embedded
# model), compares them with eval/baselines, and, where SUNTO_PEERS names a folder with flores-dev.{it,en} and
# wmt09.{it,en}, translates and scores those. Everything is written to OUT (eval/runs if not given); what is there
# already from the same model is not made again. Exit 1: something fell significantly.
set -u
sunto=$1
out=${2:-eval/runs}
model=${3:-}
[ -n "$model" ] && export SUNTO_MODEL="$model"
fell=0

for suite in translate brief; do
    toml=eval/$suite.toml
    mkdir -p "$out/$suite"
    if [ -n "$model" ]; then
        toml=$out/$suite/suite.toml
        sed "s|^translator = .*|translator = \"$model\"|" "eval/$suite.toml" > "$toml"
    fi
    "$sunto" eval run "$toml" -o "$out/$suite" || exit 2
    if [ -f "eval/baselines/$suite.json" ]; then
        echo "== $suite against eval/baselines/$suite.json"
        "$sunto" eval compare "eval/baselines/$suite.json" "$out/$suite/report.json" || fell=1
    fi
done

# Metrics of lines: those of this list that the binary has.
known=$("$sunto" eval score --hyp "$0" --ref "$0" --metrics none 2>&1 | sed -n 's/.*metrics are //p')
metrics=$(for m in bleu chrf chrf++ ter repetition loops hallucination \
    number-recall date-recall name-recall number-precision date-precision name-precision; do
    case ", $known," in *", $m,"*) printf '%s,' "$m" ;; esac
done)
for set in flores-dev wmt09; do
    source=${SUNTO_PEERS:-/nowhere}/$set.it
    [ -f "$source" ] || continue
    hyp=$out/$set.${model:+$(basename "$model").}en
    lines=$(wc -l < "$source")
    if [ "$(wc -l < "$hyp" 2>/dev/null || echo 0)" -ne "$lines" ]; then
        "$sunto" translate --lines "$source" > "$hyp" || exit 2
    fi
    echo "== $set, $lines lines"
    "$sunto" eval score --hyp "$hyp" --ref "${SUNTO_PEERS}/$set.en" --src "$source" --metrics "${metrics%,}" || exit 2
done
exit $fell
