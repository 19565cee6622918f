#!/bin/sh
# The last line of a test run, from what gotestsum says of it. A package that does not build counts as a failure.
failed=$((TESTS_FAILED + TESTS_ERRORS))
echo "$((TESTS_TOTAL - TESTS_FAILED - TESTS_SKIPPED)) passed, $failed failed, $TESTS_SKIPPED skipped"
