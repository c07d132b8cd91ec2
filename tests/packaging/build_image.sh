#!/bin/sh
# Builds the image without a container engine or a registry, and runs it: Debian's buildah on a debootstrap base.
# By hand, as root, on Debian: apt-get install buildah debootstrap; tests/packaging/build_image.sh [FOLDER]
# FOLDER (default: a temporary one) keeps base and wheels, so that a second pass takes seconds.
set -eu
cd "$(dirname "$0")/../.."
work=${1:-$(mktemp -d)}
mkdir -p "$work/wheels"
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
set -- --root "$work/storage" --runroot "$work/run"

if [ ! -d "$work/base/usr" ]; then
    debootstrap --variant=minbase --include=python3,python3-venv,python-is-python3 bookworm "$work/base"
fi
# The same pins as in the Dockerfile, by its own selection; inside the build pip sees these files and no index.
backend=$(sed -n "s/^RUN sed -n '\(.*\)' requirements.*/\1/p" Dockerfile)
sed -n "$backend" requirements/dev.txt >"$work/build.txt"
version=$(chroot "$work/base" python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
for pins in requirements/runtime.txt "$work/build.txt"; do
    .venv/bin/python -m pip download --quiet --require-hashes --no-deps --only-binary :all: \
        --python-version "$version" --dest "$work/wheels" --requirement "$pins"
done
printf '[global]\nno-index = true\nfind-links = /wheels\n' >"$work/base/etc/pip.conf"

base=$(buildah "$@" from scratch)
buildah "$@" copy --quiet "$base" "$work/base" / >/dev/null
buildah "$@" commit --quiet --rm "$base" localhost/k8s-bot-base >/dev/null
buildah "$@" build --pull-never --build-arg BASE=localhost/k8s-bot-base \
    --volume "$work/wheels:/wheels:ro" --tag localhost/k8s-bot .

# buildah's `run` passes by the entry point, so it is named here; user and environment are the image's own.
image=$(buildah "$@" from --pull-never localhost/k8s-bot)
trap 'buildah --root "$work/storage" --runroot "$work/run" rm "$image" >/dev/null' EXIT
buildah "$@" inspect --type image --format '{{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Cmd}} as {{.OCIv1.Config.User}}{{"\n"}}' localhost/k8s-bot
buildah "$@" run "$image" -- python -m bot --help
