"""What forges and pre-commit run on a farm's files, before a change is merged or committed.

A pull request is a stranger's files beside a machine of ours: the jobs need no secret, may write
nothing, install before its files are there or away from them, and read them as data.
"""

from __future__ import annotations

from collections.abc import Mapping

GITHUB = ".github/workflows/farmctl.yml"
GITLAB = ".gitlab-ci.yml"
PRE_COMMIT = ".pre-commit-config.yaml"
CHECKS = (GITHUB, GITLAB, PRE_COMMIT)

IMAGE = "debian:12"
"""A system whose packages have all that the jobs install."""


def check_files(image: str, version: str) -> Mapping[str, bytes]:
    """Return the files by path.

    Args:
        image: The container image with the slicer's packages, like `debian:12`.
        version: Which farmctl is installed, like `0.1.0`.
    """
    texts = {GITHUB: _GITHUB, GITLAB: _GITLAB, PRE_COMMIT: _PRE_COMMIT}
    words = {"@IMAGE@": image, "@VERSION@": version}
    for mark, word in words.items():
        texts = {path: text.replace(mark, word) for path, text in texts.items()}
    return {path: text.encode() for path, text in texts.items()}


_GITHUB = """\
# What a pull request does to prints, before it is merged. Written by `farmctl init`; yours now.
# It needs no secret and may write nothing. What it installs is there before the pull request's
# files are, and those are read, never run.
name: farmctl

on:
  pull_request:

permissions:
  contents: read

jobs:
  farmctl:
    runs-on: ubuntu-24.04
    # Its prusa-slicer has to be the build that farm.yaml pins.
    container: @IMAGE@
    timeout-minutes: 60
    defaults:
      run:
        shell: bash
    env:
      # What pipx installs: a version, or the address of a wheel with its #sha256=…
      FARMCTL: farmctl==@VERSION@
      # Beside the checkout: a pull request cannot bring slices or figures along.
      FARMCTL_STATE: /tmp/farmctl
      BASE: ${{ github.event.pull_request.base.sha }}
    steps:
      - name: Install the slicer and farmctl
        working-directory: /
        run: |
          apt-get update
          apt-get install --yes --no-install-recommends ca-certificates git pipx prusa-slicer
          PIPX_HOME=/opt/pipx PIPX_BIN_DIR=/usr/local/bin pipx install "$FARMCTL"
      - name: Fetch the branch, with its history
        uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8  # v5.0.0
        with:
          ref: ${{ github.event.pull_request.head.sha }}
          fetch-depth: 0
          persist-credentials: false
      - name: Let git read what another user fetched
        run: git config --global --add safe.directory "$GITHUB_WORKSPACE"
      - name: Documents
        run: farmctl validate
      - name: Golden models
        run: farmctl ci --base "$BASE"
      - name: Summary
        if: ${{ !cancelled() }}
        run: |
          report="$FARMCTL_STATE/ci/report/report.md"
          if [ -f "$report" ]; then cat "$report" >> "$GITHUB_STEP_SUMMARY"; fi
      - name: Reports
        if: ${{ !cancelled() }}
        uses: actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f  # v6.0.0
        with:
          name: farmctl
          path: ${{ env.FARMCTL_STATE }}/ci/report
          if-no-files-found: ignore
"""

_GITLAB = """\
# What a merge request does to prints, before it is merged. Written by `farmctl init`; yours now.
# It needs no secret. What it installs is installed away from the merge request's files, and those
# are read, never run.
farmctl:
  # Its prusa-slicer has to be the build that farm.yaml pins.
  image: @IMAGE@
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    # What pipx installs: a version, or the address of a wheel with its #sha256=…
    FARMCTL: farmctl==@VERSION@
    # Beside the checkout: a merge request cannot bring slices or figures along.
    FARMCTL_STATE: /tmp/farmctl
    GIT_DEPTH: "0"
  before_script:
    - cd /
    - apt-get update
    - apt-get install --yes --no-install-recommends ca-certificates git pipx prusa-slicer
    - PIPX_HOME=/opt/pipx PIPX_BIN_DIR=/usr/local/bin pipx install "$FARMCTL"
    - cd "$CI_PROJECT_DIR"
    - git config --global --add safe.directory "$CI_PROJECT_DIR"
    - rm -rf farmctl-report
  script:
    - farmctl validate
    - farmctl ci --base "$CI_MERGE_REQUEST_DIFF_BASE_SHA" --report farmctl-report
  artifacts:
    when: always
    paths:
      - farmctl-report/
    reports:
      junit: farmctl-report/junit.xml
"""

_PRE_COMMIT = """\
# `pre-commit install` lets git check the farm before each commit, and measure what a change does
# to prints before it is pushed, with the farmctl that is installed: nothing is fetched.
# Written by `farmctl init`; yours now.
default_install_hook_types: [pre-commit, pre-push]
repos:
  - repo: local
    hooks:
      - id: farmctl-validate
        name: farmctl validate
        entry: farmctl validate
        language: system
        pass_filenames: false
        stages: [pre-commit]
        always_run: true  # a file that is gone may be missed by others
      - id: farmctl-ci
        name: farmctl ci
        entry: farmctl ci
        language: system
        pass_filenames: false
        stages: [pre-push]
        files: ^(farm\\.yaml|profiles/.*|golden_models/.*)$
"""
