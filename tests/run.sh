#!/bin/bash
# Installs what the tests need, builds Limner and runs all of them: unit, command line, window and fault tests, the same
# under the address and undefined behaviour sanitizers, what runs in threads under the thread sanitizer, and a short fuzzing of
# every target. Ends with one line that adds up all cases: 'N passed, N failed, N skipped'.
#   bash tests/run.sh [release] [sanitizers] [threads] [fuzz]      default: all four
# tests/fault/README.md has the long runs.
set -u
source_dir=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cd "$source_dir" || exit 1
phases=${*:-release sanitizers threads fuzz}
fuzz_seconds=${LIMNER_FUZZ_SECONDS:-20}

sh app/install-packages.sh xvfb xauth dbus-x11 xdotool imagemagick python3 python3-venv xz-utils strace util-linux xfsprogs e2fsprogs \
    libxtst-dev clang libclang-rt-14-dev adwaita-icon-theme fonts-dejavu-core || exit 1

# The independent COCO reader. Without a package index its tests are skipped, and say so.
if [ ! -x build/python/bin/python ]; then
    mkdir -p build && python3 -m venv build/python &&
        build/python/bin/pip install -q 'pycocotools==2.0.11' >build/python.log 2>&1 ||
        echo "note: pycocotools could not be installed; the tests that need it will be skipped"
fi
export LIMNER_PYTHON=$source_dir/build/python/bin/python

failed_build=0
results=()

# run_phase NAME MESON-TEST-ARGUMENTS...: builds build/NAME, which is set up already, and runs its tests
run_phase() {
    local name=$1
    shift
    echo "== $name: build"
    if ! meson compile -C "build/$name" >"build/$name.log" 2>&1; then
        tail -40 "build/$name.log"
        failed_build=$((failed_build + 1))
        return
    fi
    echo "== $name: tests"
    rm -f "build/$name/meson-logs/testlog.json"
    ${wrapper:-} meson test -C "build/$name" --no-rebuild --print-errorlogs "$@"
    results+=("build/$name/meson-logs/testlog.json")
}

setup() {
    local name=$1
    shift
    [ -f "build/$name/build.ninja" ] || meson setup "build/$name" . "$@" >"build/$name.log" 2>&1 || tail -20 "build/$name.log"
}

for phase in $phases; do
    case $phase in
        release)
            setup release --buildtype=release -Dwerror=true
            run_phase release
            ;;
        sanitizers)
            export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:strict_string_checks=1
            export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
            export LSAN_OPTIONS=suppressions=$source_dir/tests/lsan.supp:print_suppressions=0
            # all of the kills are in the release phase; here they are ten times as slow
            export LIMNER_KILLS=${LIMNER_KILLS:-20}
            setup sanitizers --buildtype=debugoptimized -Db_sanitize=address,undefined
            # a pixel of four is for the eye, and the same code
            run_phase sanitizers --timeout-multiplier 4 --no-suite gui-2x
            ;;
        threads)
            # where the kernel places things more at random than this sanitizer can follow, it does not start
            setarch -R true 2>/dev/null && wrapper='setarch -R'
            setup threads --buildtype=debugoptimized -Db_sanitize=thread -Dwindow=false
            run_phase threads --suite threads
            wrapper=
            ;;
        fuzz)
            CC=clang setup fuzz --buildtype=debugoptimized -Dfuzz=true -Dwindow=false
            LIMNER_FUZZ_SECONDS=$fuzz_seconds run_phase fuzz --suite fuzz --timeout-multiplier 4 --num-processes 4
            ;;
        *)
            echo "tests/run.sh: no phase '$phase'; there are release, sanitizers, threads and fuzz" >&2
            exit 2
            ;;
    esac
done

python3 tests/summary.py --failed-builds "$failed_build" "${results[@]}"
