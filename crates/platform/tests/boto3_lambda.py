"""Drives the platform with boto3: the life of a function, its answers and its refusals.

The endpoint and the credentials come from the environment. The argument is the folder of handlers.
"""

import base64
import io
import json
import pathlib
import sys
import zipfile

try:
    import boto3
    import botocore.config
    import botocore.exceptions
except ImportError as missing:
    sys.exit(f"boto3 is needed for this test: `pip install boto3` ({missing})")

HANDLERS = pathlib.Path(sys.argv[1])
ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
ROLE = "arn:aws:iam::000000000000:role/any"

client = boto3.client(
    "lambda", config=botocore.config.Config(retries={"max_attempts": 0}, read_timeout=60)
)


def package(name):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.write(HANDLERS / name, name)
    return buffer.getvalue()


def refused(code, status, call, **arguments):
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status, error.response
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} was expected")


def invoke(name="f", event=None, **arguments):
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event or {}), **arguments)
    return answer, answer["Payload"].read()


created = client.create_function(
    FunctionName="f",
    Runtime="nodejs22.x",
    Role=ROLE,
    Handler="echo.handler",
    Code={"ZipFile": package("echo.js")},
    Environment={"Variables": {"STAGE": "test"}},
    Tags={"team": "one"},
    Timeout=20,
    MemorySize=512,
)
assert created["State"] == "Pending" and "LastUpdateStatus" not in created, created
assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
assert created["SnapStart"] == {"ApplyOn": "None", "OptimizationStatus": "Off"}
client.get_waiter("function_active_v2").wait(FunctionName="f")
assert "Function already exist" in refused(
    "ResourceConflictException", 409, client.create_function,
    FunctionName="f", Runtime="nodejs22.x", Role=ROLE, Handler="echo.handler",
    Code={"ZipFile": package("echo.js")},
)

first = client.publish_version(FunctionName="f", Description="one")
assert first["Version"] == "1" and first["FunctionArn"] == f"{ARN}:1", first
alias = client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
assert alias["AliasArn"] == f"{ARN}:live", alias

answer, body = invoke("f:live", {"n": 1}, LogType="Tail")
assert answer["ExecutedVersion"] == "1" and "FunctionError" not in answer, answer
assert json.loads(body)["event"] == {"n": 1}, body
assert b"REPORT RequestId: " in base64.b64decode(answer["LogResult"])
answer, _ = invoke(f"{ARN}:live", InvocationType="Event")
assert answer["StatusCode"] == 202, answer
answer, _ = invoke(InvocationType="DryRun")
assert answer["StatusCode"] == 204, answer

updated = client.update_function_code(FunctionName="f", ZipFile=package("faults.js"))
assert updated["LastUpdateStatus"] == "InProgress", updated
client.get_waiter("function_updated_v2").wait(FunctionName="f")
client.update_function_configuration(FunctionName="f", Handler="faults.handler")
client.get_waiter("function_updated_v2").wait(FunctionName="f")
second = client.publish_version(FunctionName="f")
assert second["Version"] == "2", second
client.update_alias(
    FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.0}}
)
moved = client.update_alias(
    FunctionName="f", Name="live", FunctionVersion="2",
    RoutingConfig={"AdditionalVersionWeights": {}},
)
assert "RoutingConfig" not in moved and moved["FunctionVersion"] == "2", moved

answer, body = invoke("f:live", {"way": "throw", "message": "no stock"})
error = json.loads(body)
assert answer["FunctionError"] == "Unhandled" and error["errorType"] == "OrderRefused", body
answer, body = invoke("f:live", {"way": "exit", "code": 3})
assert json.loads(body)["errorMessage"].endswith("exit status 3"), body

message = refused("ResourceNotFoundException", 404, client.invoke, FunctionName="absent")
assert message == f"Function not found: {ARN[:-1]}absent:$LATEST", message
refused("ResourceConflictException", 409, client.delete_function, FunctionName="f", Qualifier="2")
refused("PreconditionFailedException", 412, client.update_alias,
        FunctionName="f", Name="live", RevisionId="stale")
refused("ValidationException", 400, client.create_alias,
        FunctionName="f", Name="123", FunctionVersion="1")
refused("InvalidRequestContentException", 400, client.invoke, FunctionName="f", Payload="{no")
refused("InvalidParameterValueException", 400, client.get_function,
        FunctionName="f:1", Qualifier="2")
client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
refused("TooManyRequestsException", 429, client.invoke, FunctionName="f")
client.delete_function_concurrency(FunctionName="f")

found = client.get_function(FunctionName="f", Qualifier="live")
assert found["Configuration"]["Version"] == "2", found
assert found["Tags"] == {"team": "one"} and "Concurrency" not in found, found
client.tag_resource(Resource=ARN, Tags={"more": "x y/ü"})
assert client.list_tags(Resource=ARN)["Tags"] == {"team": "one", "more": "x y/ü"}
client.untag_resource(Resource=ARN, TagKeys=["team", "absent"])
assert client.list_tags(Resource=ARN)["Tags"] == {"more": "x y/ü"}

versions = client.get_paginator("list_versions_by_function").paginate(
    FunctionName="f", PaginationConfig={"PageSize": 2}
)
listed = [one["Version"] for page in versions for one in page["Versions"]]
assert listed == ["$LATEST", "1", "2"], listed
assert [one["FunctionName"] for one in client.list_functions()["Functions"]] == ["f"]

put = client.put_function_event_invoke_config(
    FunctionName="f", Qualifier="live", MaximumRetryAttempts=1, MaximumEventAgeInSeconds=60
)
assert put["FunctionArn"] == f"{ARN}:live" and put["LastModified"].year > 2000, put
refused("ResourceNotFoundException", 404, client.get_function_event_invoke_config, FunctionName="f")

stranger = boto3.client("lambda", aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                        aws_secret_access_key="any")
refused("UnrecognizedClientException", 403, stranger.list_functions)
identity = boto3.client("sts").get_caller_identity()
assert identity["Account"] == "000000000000", identity

deleted = client.delete_function(FunctionName="f")
assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204, deleted
refused("ResourceNotFoundException", 404, client.get_function, FunctionName="f")
