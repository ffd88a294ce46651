#!/usr/bin/env bash
# Drives the platform with the AWS command line: create, publish, alias, invoke, delete.
# The endpoint and the credentials come from the environment; $1 is the folder of handlers.
set -euo pipefail

for tool in aws python3; do
  command -v "$tool" >/dev/null || {
    echo "\`$tool\` is needed for this test: pip install awscli" >&2
    exit 1
  }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -c 'import sys, zipfile; zipfile.ZipFile("f.zip", "w").write(sys.argv[1] + "/echo.js", "echo.js")' "$1"

expect() { # expect WHAT ACTUAL EXPECTED
  [ "$2" = "$3" ] || { echo "$1: got \`$2\`, expected \`$3\`" >&2; exit 1; }
}

aws lambda create-function --function-name f --runtime nodejs22.x --handler echo.handler \
  --role arn:aws:iam::000000000000:role/any --zip-file fileb://f.zip --timeout 20 >created.json
aws lambda wait function-active-v2 --function-name f
expect version "$(aws lambda publish-version --function-name f --query Version --output text)" 1
aws lambda create-alias --function-name f --name live --function-version 1 >/dev/null
executed=$(aws lambda invoke --function-name f --qualifier live --payload '{"n": 1}' \
  --query ExecutedVersion --output text out.json 2>invoke.err) ||
  executed=$(aws lambda invoke --function-name f --qualifier live --payload "$(printf '{"n": 1}' | base64)" \
    --query ExecutedVersion --output text out.json)
expect executed "$executed" 1
expect event "$(python3 -c 'import json; print(json.load(open("out.json"))["event"]["n"])')" 1
expect alias "$(aws lambda list-aliases --function-name f --query 'Aliases[0].Name' --output text)" live
if aws lambda get-function --function-name absent 2>error.txt; then
  echo "a function that does not exist was found" >&2
  exit 1
fi
grep -q ResourceNotFoundException error.txt
aws lambda delete-function --function-name f
expect functions "$(aws lambda list-functions --query 'length(Functions)' --output text)" 0
