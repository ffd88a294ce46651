"""Judges every operation of the Lambda API with boto3, by the model of the service that boto3 brings:
an answer has the status and the members that the model gives it, a refusal is one that the model
knows, every operation was answered and refused, and no parameter of theirs was left out.

The endpoint and the credentials come from the environment. The argument is the folder of handlers.
"""

import base64
import collections
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
    sys.exit(f"boto3 is needed for this test: `make tools` installs it ({missing})")

HANDLERS = pathlib.Path(sys.argv[1])
ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
ROLE = "arn:aws:iam::000000000000:role/any"

# Parameters of what the platform says it does not have.
NOT_HERE = {
    "CreateFunction": "VpcConfig Layers FileSystemConfigs ImageConfig CodeSigningConfigArn SnapStart "
    "CapacityProviderConfig PublishTo DurableConfig TenancyConfig",
    "ListFunctions": "MasterRegion",
    "UpdateFunctionCode": "S3Bucket S3Key S3ObjectVersion ImageUri SourceKMSKeyArn PublishTo",
    "UpdateFunctionConfiguration": "VpcConfig Layers FileSystemConfigs ImageConfig SnapStart "
    "CapacityProviderConfig DurableConfig",
    "PublishVersion": "PublishTo",
    "AddPermission": "InvokedViaFunctionUrl",
    "Invoke": "DurableExecutionName TenantId",
}
# What the service was recorded to answer, where its model says otherwise or nothing.
STATUS = {"DeleteFunction": {204}, "Invoke": {200, 202, 204}}
# Members that the model says are there and the service was recorded to leave out.
ABSENT = {
    "GetFunctionCodeSigningConfig.CodeSigningConfigArn",
    "GetFunctionCodeSigningConfig.FunctionName",
}
WORDS = {"LastUpdateStatusReasonCode": ["Creating"]}
UNMODELLED = {
    "AccessDeniedException": 403,
    "RequestEntityTooLargeException": 413,
    "SerializationException": 400,
    "UnrecognizedClientException": 403,
    "ValidationException": 400,
}

client = boto3.client(
    "lambda", config=botocore.config.Config(retries={"max_attempts": 0}, read_timeout=60)
)
given = collections.defaultdict(set)
answered, refused_ones = set(), set()


def expect(is_so, what):
    if not is_so:
        raise AssertionError(what)


def check(shape, value, where):
    """Compares a value with its shape in the model."""
    kind = shape.type_name
    if kind == "structure":
        expect(isinstance(value, dict), f"{where}: {value!r} is no structure")
        members = {
            member.serialization.get("name", name): member
            for name, member in shape.members.items()
            if member.serialization.get("location") is None
        }
        for name, inside in value.items():
            expect(name in members, f"{where}.{name} is in no model")
            check(members[name], inside, f"{where}.{name}")
        for name in shape.required_members:
            expect(name in value or f"{where}.{name}" in ABSENT, f"{where}.{name} is missing")
    elif kind == "list":
        for inside in value:
            check(shape.member, inside, f"{where}[]")
    elif kind == "map":
        for name, inside in value.items():
            check(shape.value, inside, f"{where}.{name}")
    elif kind == "string":
        expect(isinstance(value, str), f"{where}: {value!r} is no text")
        known = getattr(shape, "enum", None)
        known = known and [*known, *WORDS.get(where.rsplit(".", 1)[-1], [])]
        expect(not known or value in known, f"{where}: {value!r} is none of {known}")
    elif kind in ("integer", "long"):
        expect(type(value) is int, f"{where}: {value!r} is no whole number")
    elif kind in ("double", "float", "timestamp"):
        expect(type(value) in (int, float), f"{where}: {value!r} is no number")
    elif kind == "boolean":
        expect(type(value) is bool, f"{where}: {value!r} is neither true nor false")


def judge(operation_model, response_dict, **_):
    name, status = operation_model.name, response_dict["status_code"]
    expect("x-amzn-requestid" in response_dict["headers"], f"{name}: no request id")
    if status >= 300:
        return judge_refusal(operation_model, response_dict)
    wanted = STATUS.get(name, {operation_model.http.get("responseCode")})
    expect(status in wanted, f"{name}: {status} instead of {wanted}")
    answered.add(name)
    shape = operation_model.output_shape
    if status == 204 or shape is None:
        expect(not response_dict["body"] or name == "Invoke", f"{name}: a body with {status}")
    elif "payload" not in shape.serialization:
        check(shape, json.loads(response_dict["body"]), name)


def judge_refusal(operation_model, response_dict):
    name, status = operation_model.name, response_dict["status_code"]
    code = response_dict["headers"]["x-amzn-errortype"]
    modelled = {shape.name: shape for shape in operation_model.error_shapes}
    body = json.loads(response_dict["body"])
    if code in modelled:
        expect(status == modelled[code].metadata["error"]["httpStatusCode"], f"{name}: {code} with {status}")
        check(modelled[code], body, f"{name} {code}")
    else:
        expect(UNMODELLED.get(code) == status, f"{name}: {code} with {status} is in no model")
    refused_ones.add(name)


client.meta.events.register("before-parse.lambda", judge)


def note(params, model, **_):
    given[model.name] |= set(params)


client.meta.events.register("before-parameter-build.lambda", note)


def refuse(code, call, **arguments):
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        found = error.response["Error"]
        expect(found["Code"] == code, f"{code} was expected, not {found}")
        expect(found["Message"], f"{code} without a text")
        return found["Message"]
    raise AssertionError(f"{code} was expected")


def package(name):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.write(HANDLERS / name, name)
    return buffer.getvalue()


def settle(name="f"):
    client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.02})


LIFE = dict(Runtime="nodejs22.x", Role=ROLE, Handler="echo.handler")
CODE = {"ZipFile": package("echo.js")}
MORE = dict(
    Description="all there is",
    Timeout=20,
    MemorySize=512,
    DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:000000000000:failed"},
    Environment={"Variables": {"STAGE": "test"}},
    KMSKeyArn="arn:aws:kms:us-east-1:000000000000:key/1",
    TracingConfig={"Mode": "Active"},
    EphemeralStorage={"Size": 1024},
    LoggingConfig={
        "LogFormat": "JSON",
        "ApplicationLogLevel": "DEBUG",
        "SystemLogLevel": "WARN",
        "LogGroup": "/other/group",
    },
)


def same(found, wanted):
    for name, value in wanted.items():
        expect(found[name] == value, f"{name}: {found[name]!r} instead of {value!r}")


def functions():
    tags = {"team": "one"}
    created = client.create_function(
        FunctionName="f", Code=CODE, Publish=True, PackageType="Zip", Architectures=["x86_64"],
        Tags=tags, **LIFE, **MORE,
    )
    same(created, {**LIFE, **MORE, "Version": "1", "State": "Pending", "PackageType": "Zip"})
    client.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"Delay": 0.02})
    refuse("ResourceConflictException", client.create_function, FunctionName="f", Code=CODE, **LIFE)
    for wrong in (
        {"Code": {"ZipFile": b"none"}},
        {"Code": {"S3Bucket": "bucket", "S3Key": "k"}},
        {"Runtime": "cobol1.x"},
        {"Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:l:1"]},
        {"VpcConfig": {"SubnetIds": ["s"], "SecurityGroupIds": ["g"]}},
        {"FunctionName": "x" * 65},
        {"Environment": {"Variables": {"AWS_REGION": "x"}}},
    ):
        arguments = {"FunctionName": "g", "Code": CODE, **LIFE, **wrong}
        refuse("InvalidParameterValueException", client.create_function, **arguments)
    for wrong in ({"Role": "me"}, {"MemorySize": 20000}, {"Timeout": 901}, {"Handler": "a b"}):
        arguments = {"FunctionName": "g", "Code": CODE, **LIFE, **wrong}
        refuse("ValidationException", client.create_function, **arguments)

    found = client.get_function(FunctionName="f", Qualifier="1")
    same(found["Configuration"], {**MORE, "FunctionArn": f"{ARN}:1"})
    same(found, {"Tags": tags})
    refuse("ResourceNotFoundException", client.get_function, FunctionName="f", Qualifier="9")
    same(client.get_function_configuration(FunctionName="f", Qualifier="$LATEST"), MORE)
    refuse("ResourceNotFoundException", client.get_function_configuration, FunctionName="g")
    client.get_function_code_signing_config(FunctionName="f")
    refuse("ResourceNotFoundException", client.get_function_code_signing_config, FunctionName="g")


def updates():
    before = client.get_function_configuration(FunctionName="f")
    dry = client.update_function_code(FunctionName="f", ZipFile=package("faults.js"), DryRun=True)
    same(dry, {"RevisionId": before["RevisionId"]})
    updated = client.update_function_code(
        FunctionName="f", ZipFile=package("faults.js"), Publish=True, Architectures=["arm64"],
        RevisionId=before["RevisionId"],
    )
    same(updated, {"Version": "2", "Architectures": ["arm64"]})
    settle()
    refuse("PreconditionFailedException", client.update_function_code,
           FunctionName="f", RevisionId="stale", **CODE)
    refuse("ResourceNotFoundException", client.update_function_code, FunctionName="g", **CODE)
    refuse("InvalidParameterValueException", client.update_function_code, FunctionName="f")
    refuse("InvalidParameterValueException", client.update_function_code, FunctionName="f", ZipFile=b"no")

    revision = client.get_function_configuration(FunctionName="f")["RevisionId"]
    changed = {**LIFE, **MORE, "Handler": "faults.handler", "Runtime": "nodejs24.x", "MemorySize": 1769}
    changed["LoggingConfig"] = {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"}
    client.update_function_configuration(FunctionName="f", RevisionId=revision, **changed)
    settle()
    same(client.get_function_configuration(FunctionName="f"), changed)
    refuse("PreconditionFailedException", client.update_function_configuration,
           FunctionName="f", RevisionId=revision)
    refuse("ValidationException", client.update_function_configuration, FunctionName="f", MemorySize=20000)
    refuse("ResourceNotFoundException", client.update_function_configuration, FunctionName="g")


def versions():
    now = client.get_function_configuration(FunctionName="f")
    third = client.publish_version(
        FunctionName="f", CodeSha256=now["CodeSha256"], Description="three", RevisionId=now["RevisionId"]
    )
    same(third, {"Version": "3", "Description": "three", "FunctionArn": f"{ARN}:3"})
    refuse("InvalidParameterValueException", client.publish_version, FunctionName="f", CodeSha256="other")
    refuse("PreconditionFailedException", client.publish_version, FunctionName="f", RevisionId="stale")
    page = client.list_versions_by_function(FunctionName="f", MaxItems=3)
    rest = client.list_versions_by_function(FunctionName="f", Marker=page["NextMarker"])
    listed = [one["Version"] for one in page["Versions"] + rest["Versions"]]
    expect(listed == ["$LATEST", "1", "2", "3"], listed)
    refuse("ResourceNotFoundException", client.list_versions_by_function, FunctionName="g")

    page = client.list_functions(FunctionVersion="ALL", MaxItems=1)
    rest = client.list_functions(FunctionVersion="ALL", Marker=page["NextMarker"])
    expect(len(page["Functions"] + rest["Functions"]) == 4, rest)
    refuse("ValidationException", client.list_functions, FunctionVersion="SOME")


def aliases():
    weights = {"AdditionalVersionWeights": {"2": 0.25}}
    made = client.create_alias(
        FunctionName="f", Name="live", FunctionVersion="3", Description="it", RoutingConfig=weights
    )
    same(made, {"AliasArn": f"{ARN}:live", "RoutingConfig": weights, "Description": "it"})
    refuse("ResourceConflictException", client.create_alias,
           FunctionName="f", Name="live", FunctionVersion="1")
    refuse("ResourceNotFoundException", client.create_alias,
           FunctionName="f", Name="other", FunctionVersion="9")
    refuse("ValidationException", client.create_alias, FunctionName="f", Name="12", FunctionVersion="1")
    moved = client.update_alias(
        FunctionName="f", Name="live", FunctionVersion="2", Description="that", RevisionId=made["RevisionId"],
        RoutingConfig={"AdditionalVersionWeights": {}},
    )
    same(moved, {"FunctionVersion": "2", "Description": "that"})
    refuse("PreconditionFailedException", client.update_alias,
           FunctionName="f", Name="live", RevisionId=made["RevisionId"])
    refuse("ResourceNotFoundException", client.update_alias, FunctionName="f", Name="none")
    refuse("InvalidParameterValueException", client.update_alias, FunctionName="f", Name="live",
           RoutingConfig={"AdditionalVersionWeights": {"1": 0.1, "3": 0.1}})
    same(client.get_alias(FunctionName="f", Name="live"), {"RevisionId": moved["RevisionId"]})
    refuse("ResourceNotFoundException", client.get_alias, FunctionName="f", Name="none")
    for name in "bcd":
        client.create_alias(FunctionName="f", Name=name, FunctionVersion="1")
    page = client.list_aliases(FunctionName="f", FunctionVersion="1", MaxItems=2)
    rest = client.list_aliases(FunctionName="f", FunctionVersion="1", Marker=page["NextMarker"])
    expect([one["Name"] for one in page["Aliases"] + rest["Aliases"]] == ["b", "c", "d"], rest)
    refuse("ResourceNotFoundException", client.list_aliases, FunctionName="g")
    client.delete_alias(FunctionName="f", Name="d")
    client.delete_alias(FunctionName="f", Name="d")
    refuse("ValidationException", client.delete_alias, FunctionName="f!", Name="d")


def permissions():
    added = client.add_permission(
        FunctionName="f", StatementId="one", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::bucket", SourceAccount="123456789012", Qualifier="live",
    )
    statement = json.loads(added["Statement"])
    expect(statement["Resource"] == f"{ARN}:live", statement)
    policy = client.get_policy(FunctionName="f", Qualifier="live")
    client.add_permission(
        FunctionName="f", StatementId="two", Action="lambda:InvokeFunctionUrl", Principal="*",
        PrincipalOrgID="o-1234567890", FunctionUrlAuthType="NONE", EventSourceToken="token",
        Qualifier="live", RevisionId=policy["RevisionId"],
    )
    refuse("PreconditionFailedException", client.add_permission, FunctionName="f", Qualifier="live",
           StatementId="three", Action="lambda:InvokeFunction", Principal="*", RevisionId=policy["RevisionId"])
    refuse("ResourceConflictException", client.add_permission, FunctionName="f", Qualifier="live",
           StatementId="two", Action="lambda:InvokeFunction", Principal="*")
    refuse("ResourceNotFoundException", client.add_permission, FunctionName="g",
           StatementId="two", Action="lambda:InvokeFunction", Principal="*")
    refuse("ResourceNotFoundException", client.get_policy, FunctionName="f")
    policy = client.get_policy(FunctionName="f", Qualifier="live")
    expect(len(json.loads(policy["Policy"])["Statement"]) == 2, policy)
    refuse("PreconditionFailedException", client.remove_permission, FunctionName="f", Qualifier="live",
           StatementId="two", RevisionId="stale")
    client.remove_permission(
        FunctionName="f", Qualifier="live", StatementId="two", RevisionId=policy["RevisionId"]
    )
    refuse("ResourceNotFoundException", client.remove_permission,
           FunctionName="f", Qualifier="live", StatementId="two")


def tags():
    client.tag_resource(Resource=ARN, Tags={"more": "x y/ü", "less": ""})
    client.untag_resource(Resource=ARN, TagKeys=["less", "none"])
    same(client.list_tags(Resource=ARN), {"Tags": {"team": "one", "more": "x y/ü"}})
    for call, more in (
        (client.tag_resource, {"Tags": {"a": "b"}}),
        (client.untag_resource, {"TagKeys": ["a"]}),
        (client.list_tags, {}),
    ):
        refuse("ResourceNotFoundException", call, Resource=f"{ARN[:-1]}g", **more)
        refuse("InvalidParameterValueException", call, Resource=f"{ARN}:1", **more)
    refuse("InvalidParameterValueException", client.tag_resource,
           Resource=ARN, Tags={str(number): "x" for number in range(50)})


def concurrency():
    put = client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=5)
    same(put, {"ReservedConcurrentExecutions": 5})
    same(client.get_function_concurrency(FunctionName="f"), {"ReservedConcurrentExecutions": 5})
    refuse("InvalidParameterValueException", client.put_function_concurrency,
           FunctionName="f", ReservedConcurrentExecutions=5000)
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    refuse("TooManyRequestsException", client.invoke, FunctionName="f")
    client.delete_function_concurrency(FunctionName="f")
    for call in (client.get_function_concurrency, client.delete_function_concurrency):
        refuse("ResourceNotFoundException", call, FunctionName="g")


def event_settings():
    client.create_function(FunctionName="sink", Code=CODE, **LIFE)
    sink = {"OnFailure": {"Destination": f"{ARN[:-1]}sink"}, "OnSuccess": {}}
    of_alias = dict(FunctionName="f", Qualifier="live")
    put = client.put_function_event_invoke_config(
        MaximumRetryAttempts=1, MaximumEventAgeInSeconds=60, DestinationConfig=sink, **of_alias
    )
    same(put, {"FunctionArn": f"{ARN}:live", "DestinationConfig": sink})
    updated = client.update_function_event_invoke_config(
        MaximumRetryAttempts=2, MaximumEventAgeInSeconds=90, DestinationConfig=sink, **of_alias
    )
    same(updated, {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 90})
    same(client.get_function_event_invoke_config(**of_alias), {"MaximumRetryAttempts": 2})
    client.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0)
    page = client.list_function_event_invoke_configs(FunctionName="f", MaxItems=1)
    rest = client.list_function_event_invoke_configs(FunctionName="f", Marker=page["NextMarker"])
    both = page["FunctionEventInvokeConfigs"] + rest["FunctionEventInvokeConfigs"]
    expect(len(both) == 2, both)
    for call in (client.put_function_event_invoke_config, client.update_function_event_invoke_config):
        refuse("ResourceNotFoundException", call, FunctionName="g", MaximumRetryAttempts=1)
        refuse("ValidationException", call, FunctionName="f", MaximumRetryAttempts=3)
    refuse("InvalidParameterValueException", client.put_function_event_invoke_config, FunctionName="f")
    client.delete_function_event_invoke_config(**of_alias)
    for call in (client.get_function_event_invoke_config, client.delete_function_event_invoke_config):
        refuse("ResourceNotFoundException", call, **of_alias)
    refuse("ResourceNotFoundException", client.list_function_event_invoke_configs, FunctionName="g")


def invocations():
    context = base64.b64encode(b'{"custom": {}}').decode()
    answer = client.invoke(
        FunctionName="f", Qualifier="live", InvocationType="RequestResponse", LogType="Tail",
        ClientContext=context, Payload=b'{"way": "throw", "message": "no"}',
    )
    same(answer, {"StatusCode": 200, "FunctionError": "Unhandled", "ExecutedVersion": "2"})
    base64.b64decode(answer["LogResult"], validate=True)
    same(client.invoke(FunctionName="f", InvocationType="Event"), {"StatusCode": 202})
    same(client.invoke(FunctionName="f", InvocationType="DryRun"), {"StatusCode": 204})
    refuse("ResourceNotFoundException", client.invoke, FunctionName="f", Qualifier="none")
    refuse("InvalidRequestContentException", client.invoke, FunctionName="f", Payload=b"{")
    refuse("InvalidRequestContentException", client.invoke, FunctionName="f", ClientContext="x")
    refuse("ValidationException", client.invoke, FunctionName="f", LogType="All")
    large = b'"' + b"x" * (1 << 20) + b'"'
    refuse("RequestEntityTooLargeException", client.invoke,
           FunctionName="f", InvocationType="Event", Payload=large)


def ends():
    refuse("ResourceConflictException", client.delete_function, FunctionName="f", Qualifier="2")
    refuse("InvalidParameterValueException", client.delete_function, FunctionName="f", Qualifier="live")
    client.delete_function(FunctionName="f", Qualifier="3")
    for name in ("f", "sink"):
        client.delete_function(FunctionName=name)
    refuse("ResourceNotFoundException", client.delete_function, FunctionName="f")


for story in (functions, updates, versions, aliases, permissions, tags, concurrency, event_settings,
              invocations, ends):
    story()
expect(refused_ones >= answered, f"never refused: {sorted(answered - refused_ones)}")
expect(len(answered) == 30, f"answered: {sorted(answered)}")
for name in sorted(answered):
    model = client.meta.service_model.operation_model(name)
    left = set(model.input_shape.members) - given[name] - set(NOT_HERE.get(name, "").split())
    expect(not left, f"{name} was never given {sorted(left)}")
