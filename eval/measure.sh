#!/bin/sh
# Measures a model: sh eval/measure.sh [--refresh] SUNTO [OUT] [MODEL]
#
# Runs the suites of this folder with the binary SUNTO (MODEL: a folder or card in place of the embedded model), compares
# them with eval/baselines and, where SUNTO_PEERS names a folder with flores-dev.{it,en} and wmt09.{it,en}, translates and
# scores those; then prints the rows of the README's table (eval/rows.py). Everything is written to OUT (eval/runs if not
# given); what the same model has made of the articles already is not made again. --refresh replaces eval/baselines.
# A model of the recipe needs a sunto.json of {"normalization":"sunto"} beside it, as its card has it: without it other ids
# are read and the scores are lower. Exit 1: something fell significantly. Exit 2: something could not be run.
set -u
refresh=
[ "${1:-}" = --refresh ] && refresh=1 && shift
[ $# -ge 1 ] || { sed -n '2p' "$0" >&2; exit 2; }
sunto=$1
out=${2:-eval/runs}
model=${3:-}
[ -n "$model" ] && export SUNTO_MODEL="$model"
fell=0

for suite in translate brief repair; do
    toml=eval/$suite.toml
    mkdir -p "$out/$suite" || exit 2
    if [ -n "$model" ]; then
        toml=$out/$suite/suite.toml
        sed "s|^translator = .*|translator = \"$model\"|" "eval/$suite.toml" > "$toml"
    fi
    "$sunto" eval run "$toml" -o "$out/$suite" || exit 2
    base=eval/baselines/$suite.json
    [ -f "$base" ] || continue
    echo "== $suite against $base"
    "$sunto" eval compare "$base" "$out/$suite/report.json"
    case $? in
        0) ;;
        1) fell=1 ;;
        # Measured in another way than the baseline: only a new baseline helps.
        *) [ -n "$refresh" ] || exit 2 ;;
    esac
    [ -z "$refresh" ] || cp "$out/$suite/report.json" "$base" || exit 2
done

# Lines of the suites, for `sunto check --lines`; then the two test sets of news of others.
python3 eval/rows.py --lines "$out" || exit 2
sets=held-out
for set in flores-dev wmt09; do
    source=${SUNTO_PEERS:-/nowhere}/$set.it
    [ -f "$source" ] || continue
    sets="$sets $set"
    cp "$source" "$out/$set.it" && cp "$SUNTO_PEERS/$set.en" "$out/$set.en" || exit 2
    "$sunto" translate --lines "$source" > "$out/$set.repaired.en" || exit 2
    "$sunto" translate --lines --no-repair "$source" > "$out/$set.first.en" || exit 2
    "$sunto" translate --lines --no-repair --dtype f32 "$source" > "$out/$set.f32.en" || exit 2
done
metrics=bleu,chrf,chrf++,ter,repetition,loops,hallucination,number-recall,number-precision,date-recall,date-precision
metrics=$metrics,name-recall,name-precision
for set in $sets; do
    for system in repaired first f32; do
        hyp=$out/$set.$system
        [ "$system" = repaired ] && echo "== $set" && "$sunto" eval score --hyp "$hyp.en" --ref "$out/$set.en" \
            --src "$out/$set.it" --metrics "$metrics"
        "$sunto" eval score --hyp "$hyp.en" --ref "$out/$set.en" --src "$out/$set.it" --metrics "$metrics" --format json \
            > "$hyp.json" || exit 2
        "$sunto" check --lines --source "$out/$set.it" --target "$hyp.en" --glossary seeds/glossary.tsv \
            > "$hyp.check.jsonl" 2> "$hyp.check" || exit 2
    done
done
"$sunto" check --lines --source "$out/held-out.it" --target "$out/held-out.glossary.en" --glossary seeds/glossary.tsv \
    > "$out/held-out.glossary.check.jsonl" 2> "$out/held-out.glossary.check" || exit 2
"$sunto" eval fidelity seeds/articles/eval-*.txt > "$out/fidelity.txt" || exit 2
echo "== rows of the README"
python3 eval/rows.py "$out" || exit 2
exit $fell
