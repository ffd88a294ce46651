"""Asks for every operation of the Lambda API by the AWS command line, and once for what is refused.

The command line runs within this process, since its start takes longer than all that it is asked. The
endpoint and the credentials come from the environment. The argument is the folder of handlers.
"""

import contextlib
import io
import json
import os
import pathlib
import sys
import tempfile
import zipfile

try:
    from awscli.clidriver import create_clidriver
except ImportError as missing:
    sys.exit(f"the AWS command line is needed for this test: `make tools` installs it ({missing})")

HANDLERS = pathlib.Path(sys.argv[1]).resolve()
ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
ROLE = "arn:aws:iam::000000000000:role/any"


def run(arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = create_clidriver().main(["--output", "json", "lambda", *arguments])
    return status, out.getvalue(), err.getvalue()


def aws(*arguments):
    """Runs a command that succeeds; returns what it says."""
    status, out, err = run(arguments)
    if status != 0:
        raise AssertionError(f"{arguments}: {status}\n{err}")
    return json.loads(out) if out.strip() else None


def refused(code, *arguments):
    status, _, err = run(arguments)
    if status == 0 or f"An error occurred ({code}) when calling the " not in err:
        raise AssertionError(f"{arguments}: {code} was expected, not {status}\n{err}")


def expect(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r} instead of {wanted!r}")


def package(name):
    path = f"{name}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(HANDLERS / name, name)
    return f"fileb://{path}"


def functions():
    made = aws(
        "create-function", "--function-name", "f", "--runtime", "nodejs22.x", "--role", ROLE,
        "--handler", "echo.handler", "--zip-file", package("echo.js"), "--timeout", "20",
        "--memory-size", "512", "--environment", "Variables={STAGE=test}", "--tags", "team=one",
        "--description", "all", "--publish",
    )
    expect((made["State"], made["Version"]), ("Pending", "1"))
    aws("wait", "function-active-v2", "--function-name", "f")
    refused("ResourceConflictException", "create-function", "--function-name", "f", "--runtime",
            "nodejs22.x", "--role", ROLE, "--handler", "a.b", "--zip-file", package("echo.js"))
    expect(aws("get-function", "--function-name", "f")["Tags"], {"team": "one"})
    expect(aws("get-function-configuration", "--function-name", "f")["MemorySize"], 512)
    aws("get-function-code-signing-config", "--function-name", "f")
    refused("ResourceNotFoundException", "get-function", "--function-name", "absent")
    updated = aws("update-function-code", "--function-name", "f", "--zip-file", package("faults.js"))
    expect(updated["LastUpdateStatus"], "InProgress")
    aws("wait", "function-updated-v2", "--function-name", "f")
    aws("update-function-configuration", "--function-name", "f", "--handler", "faults.handler")
    aws("wait", "function-updated-v2", "--function-name", "f")
    expect(aws("publish-version", "--function-name", "f")["Version"], "2")
    listed = aws("list-versions-by-function", "--function-name", "f", "--page-size", "1")["Versions"]
    expect([one["Version"] for one in listed], ["$LATEST", "1", "2"])
    listed = aws("list-functions", "--function-version", "ALL", "--page-size", "2", "--max-items", "2")
    expect((len(listed["Functions"]), "NextToken" in listed), (2, True))


def aliases():
    aws("create-alias", "--function-name", "f", "--name", "live", "--function-version", "1")
    routing = "AdditionalVersionWeights={2=0.5}"
    moved = aws("update-alias", "--function-name", "f", "--name", "live", "--routing-config", routing)
    expect(moved["RoutingConfig"], {"AdditionalVersionWeights": {"2": 0.5}})
    moved = aws("update-alias", "--function-name", "f", "--name", "live", "--function-version", "2",
                "--routing-config", "AdditionalVersionWeights={}")
    expect(aws("get-alias", "--function-name", "f", "--name", "live"), moved)
    expect(aws("list-aliases", "--function-name", "f")["Aliases"], [moved])
    refused("PreconditionFailedException", "update-alias", "--function-name", "f", "--name", "live",
            "--revision-id", "stale")


def settings():
    aws("add-permission", "--function-name", "f", "--statement-id", "s", "--action",
        "lambda:InvokeFunction", "--principal", "s3.amazonaws.com", "--source-arn", "arn:aws:s3:::b")
    policy = json.loads(aws("get-policy", "--function-name", "f")["Policy"])
    expect(policy["Statement"][0]["Sid"], "s")
    aws("remove-permission", "--function-name", "f", "--statement-id", "s")
    refused("ResourceNotFoundException", "get-policy", "--function-name", "f")
    aws("tag-resource", "--resource", ARN, "--tags", "more=x")
    aws("untag-resource", "--resource", ARN, "--tag-keys", "team", "absent")
    expect(aws("list-tags", "--resource", ARN), {"Tags": {"more": "x"}})
    aws("put-function-concurrency", "--function-name", "f", "--reserved-concurrent-executions", "0")
    refused("TooManyRequestsException", "invoke", "--function-name", "f", "out.json")
    aws("delete-function-concurrency", "--function-name", "f")
    expect(aws("get-function-concurrency", "--function-name", "f"), None)
    of_alias = ("--function-name", "f", "--qualifier", "live")
    aws("put-function-event-invoke-config", *of_alias, "--maximum-retry-attempts", "1")
    aws("update-function-event-invoke-config", *of_alias, "--maximum-event-age-in-seconds", "60")
    found = aws("get-function-event-invoke-config", *of_alias)
    expect((found["MaximumRetryAttempts"], found["MaximumEventAgeInSeconds"]), (1, 60))
    found = aws("list-function-event-invoke-configs", "--function-name", "f")
    expect(len(found["FunctionEventInvokeConfigs"]), 1)
    aws("delete-function-event-invoke-config", *of_alias)
    refused("ResourceNotFoundException", "get-function-event-invoke-config", *of_alias)


def invocations():
    pathlib.Path("event.json").write_text('{"way": "throw", "message": "no stock"}')
    answer = aws("invoke", "--function-name", "f", "--qualifier", "live", "--payload",
                 "file://event.json", "--log-type", "Tail", "out.json")
    expect((answer["ExecutedVersion"], answer["FunctionError"]), ("2", "Unhandled"))
    expect(json.loads(pathlib.Path("out.json").read_text())["errorMessage"], "no stock")
    answer = aws("invoke", "--function-name", "f:1", "--invocation-type", "Event", "out.json")
    expect(answer["StatusCode"], 202)
    refused("InvalidRequestContentException", "invoke", "--function-name", "f", "--payload", "{",
            "out.json")


def ends():
    refused("ResourceConflictException", "delete-function", "--function-name", "f", "--qualifier", "2")
    aws("delete-alias", "--function-name", "f", "--name", "live")
    aws("delete-function", "--function-name", "f", "--qualifier", "2")
    aws("delete-function", "--function-name", "f")
    expect(aws("list-functions"), {"Functions": []})


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for story in (functions, aliases, settings, invocations, ends):
        story()
    os.chdir("/")
