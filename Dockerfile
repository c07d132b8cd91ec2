# Any image with `python` 3.11 or newer and its venv module serves as the base.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements/ requirements/
# The build backend and what it needs, with the hashes under which the developers' list pins them.
RUN sed -n '/^\(hatchling\|packaging\|pathspec\|pluggy\|tomlkit\|trove-classifiers\)==/,/[^\\]$/p' requirements/dev.txt > build.txt \
 && python -m venv /opt/build \
 && /opt/build/bin/pip install --require-hashes -r build.txt \
 && python -m venv --without-pip /opt/k8s-bot \
 && /opt/build/bin/pip --python /opt/k8s-bot/bin/python install --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot/ bot/
COPY commands/ commands/
RUN /opt/build/bin/pip --python /opt/build/bin/python wheel --no-deps --no-build-isolation --wheel-dir dist . \
 && /opt/build/bin/pip --python /opt/k8s-bot/bin/python install --no-deps --no-index dist/*.whl

FROM ${BASE}
COPY --from=build /opt/k8s-bot /opt/k8s-bot
RUN install -d -o 10001 -g 10001 -m 0700 /data
# pip has compiled every module, and none may come from the working directory: at run time only /data and /tmp change.
ENV PATH=/opt/k8s-bot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    BOT_DATA_DIR=/data \
    BOT_LISTEN=0.0.0.0:3000
USER 10001:10001
EXPOSE 3000
HEALTHCHECK NONE
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
