"""Drives the telemetry endpoint with boto3 (JSON), the AWS command line, and one hand-made request of
the query protocol that clients spoke before December 2025.

Usage: python3 boto3_telemetry.py ENDPOINT NOW

NOW is the endpoint's present minute in seconds since the epoch. The access key comes from AWS_ACCESS_KEY_ID
and AWS_SECRET_ACCESS_KEY. Ends with 0 if every answer was as expected.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

try:
    import boto3
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.config import Config
    from botocore.credentials import Credentials
    from botocore.exceptions import ClientError
except ImportError as error:
    sys.exit(f"boto3 is missing ({error}); install it with: python3 -m pip install boto3")

ENDPOINT = sys.argv[1]
NOW = datetime.fromtimestamp(int(sys.argv[2]), timezone.utc)
DIMENSIONS = [{"Name": "Task", "Value": "A"}]
GROUP, STREAM = "/aws/lambda/tree-A", "2026/01/01/[3]a1b2"


def client(service, **config):
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


def expect(found, wanted):
    if found != wanted:
        raise AssertionError(f"expected {wanted!r}, found {found!r}")


def expect_error(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        expect(error.response["Error"]["Code"], code)
        return error.response["Error"]["Message"]
    raise AssertionError(f"{call.__name__} should have been refused with {code}")


def query(identifier, statistic, period=60, name="Latency"):
    metric = {"Namespace": "Test", "MetricName": name, "Dimensions": DIMENSIONS}
    return {"Id": identifier, "MetricStat": {"Metric": metric, "Period": period, "Stat": statistic}}


def metrics():
    """Puts data (compressed, as botocore does from 10 kB on), and reads them in pages."""
    cloudwatch = client("cloudwatch", request_min_compression_size_bytes=100)
    data = [
        {
            "MetricName": "Latency",
            "Dimensions": DIMENSIONS,
            "Timestamp": NOW - timedelta(seconds=600 - second),
            "Values": [second, second + 0.5],
            "Counts": [1, 3],
            "Unit": "Milliseconds",
            "StorageResolution": 1,
        }
        for second in range(600)
    ]
    cloudwatch.put_metric_data(Namespace="Test", MetricData=data)

    window = {"StartTime": NOW - timedelta(seconds=600), "EndTime": NOW}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[query("sum", "Sum", 1), query("p99", "p99", 600), query("none", "Sum", name="x")],
        ScanBy="TimestampAscending",
        PaginationConfig={"PageSize": 250},
        **window,
    )
    values = {"sum": [], "p99": [], "none": []}
    for page in pages:
        for result in page["MetricDataResults"]:
            values[result["Id"]] += result["Values"]
    expect(values["sum"], [4 * second + 1.5 for second in range(600)])
    # 2,400 values: rank 2,376 is the last of second 593.
    expect(values["p99"], [593.5])
    expect(values["none"], [])

    statistics = cloudwatch.get_metric_statistics(
        Namespace="Test", MetricName="Latency", Dimensions=DIMENSIONS, Period=600,
        Statistics=["SampleCount", "Maximum"], **window,
    )
    expect(statistics["Label"], "Latency")
    expect(
        statistics["Datapoints"],
        [{"Timestamp": window["StartTime"], "SampleCount": 2400.0, "Maximum": 599.5, "Unit": "Milliseconds"}],
    )
    listed = cloudwatch.list_metrics(Namespace="Test", Dimensions=[{"Name": "Task"}])["Metrics"]
    expect(listed, [{"Namespace": "Test", "MetricName": "Latency", "Dimensions": DIMENSIONS}])


def metric_errors():
    """Codes are those of the query protocol, as botocore asks for."""
    cloudwatch = client("cloudwatch")
    datum = {"MetricName": "m", "Value": 1, "Timestamp": NOW - timedelta(days=15)}
    message = expect_error(
        "InvalidParameterValue", cloudwatch.put_metric_data, Namespace="Test", MetricData=[datum]
    )
    expect(
        message,
        "The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.",
    )
    expect_error(
        "ValidationError", cloudwatch.get_metric_data,
        MetricDataQueries=[query("Upper", "Sum")], StartTime=NOW - timedelta(hours=1), EndTime=NOW,
    )


def logs():
    """Writes events, of which one carries metrics, and reads them back in every way."""
    service = client("logs")
    service.create_log_group(logGroupName=GROUP, tags={"fusion:application": "tree"})
    service.put_retention_policy(logGroupName=GROUP, retentionInDays=30)
    service.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    now_ms = int(NOW.timestamp() * 1000)
    embedded = {
        "_aws": {
            "Timestamp": now_ms - 60_000,
            "CloudWatchMetrics": [
                {
                    "Namespace": "Fusionize",
                    "Dimensions": [["Application", "Task"]],
                    "Metrics": [{"Name": "TaskSelfTime", "Unit": "Milliseconds"}],
                }
            ],
        },
        "Application": "tree",
        "Task": "A",
        "TaskSelfTime": [1.5, 2, 2.5],
    }
    messages = ["START", json.dumps(embedded), "ERROR: no such key", "END"]
    events = [
        {"timestamp": now_ms - 4 + index, "message": message} for index, message in enumerate(messages)
    ]
    service.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)

    read, token = [], None
    while True:
        arguments = {"nextToken": token} if token else {"startFromHead": True}
        page = service.get_log_events(logGroupName=GROUP, logStreamName=STREAM, limit=3, **arguments)
        read += [event["message"] for event in page["events"]]
        if page["nextForwardToken"] == token:
            break
        token = page["nextForwardToken"]
    expect(read, messages)

    pages = service.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, PaginationConfig={"PageSize": 1}
    )
    expect([event["message"] for page in pages for event in page["events"]], messages)
    found = service.filter_log_events(logGroupName=GROUP, filterPattern='"no such" -START')["events"]
    expect([event["message"] for event in found], ["ERROR: no such key"])

    group = service.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"][0]
    expect((group["logGroupName"], group["retentionInDays"]), (GROUP, 30))
    tags = service.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"]
    expect(tags, {"fusion:application": "tree"})
    expect_error("ResourceAlreadyExistsException", service.create_log_group, logGroupName=GROUP)
    expect_error("ResourceNotFoundException", service.delete_log_group, logGroupName="none")


def command_line():
    """The AWS command line reads what boto3 wrote."""
    if shutil.which("aws") is None:
        sys.exit("the AWS command line is missing; install it with: python3 -m pip install awscli")
    environment = {
        **os.environ,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": ENDPOINT,
        "AWS_PAGER": "",
    }

    def aws(*arguments):
        run = subprocess.run(
            ["aws", "--output", "json", *arguments], env=environment, capture_output=True, text=True
        )
        if run.returncode != 0:
            raise AssertionError(f"aws {' '.join(arguments)}: {run.stderr}")
        return json.loads(run.stdout)

    window = ["--start-time", (NOW - timedelta(seconds=600)).isoformat(), "--end-time", NOW.isoformat()]
    self_time = {
        "Id": "a",
        "MetricStat": {
            "Metric": {
                "Namespace": "Fusionize",
                "MetricName": "TaskSelfTime",
                "Dimensions": [{"Name": "Application", "Value": "tree"}, *DIMENSIONS],
            },
            "Period": 600,
            "Stat": "p50",
        },
    }
    queries = json.dumps([self_time, query("b", "SampleCount", 600)])
    results = aws("cloudwatch", "get-metric-data", "--metric-data-queries", queries, *window)
    expect([result["Values"] for result in results["MetricDataResults"]], [[2.0], [2400.0]])
    namespaces = {metric["Namespace"] for metric in aws("cloudwatch", "list-metrics")["Metrics"]}
    expect(namespaces, {"Fusionize", "Test"})
    events = aws("logs", "filter-log-events", "--log-group-name", GROUP, "--filter-pattern", "ERROR")
    expect([event["message"] for event in events["events"]], ["ERROR: no such key"])
    streams = aws("logs", "describe-log-streams", "--log-group-name", GROUP)["logStreams"]
    expect([stream["logStreamName"] for stream in streams], [STREAM])


def query_protocol():
    """A client of the old protocol, which compresses its body too."""

    credentials = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])

    def post(body):
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Content-Encoding": "gzip",
        }
        data = gzip.compress(urllib.parse.urlencode(body).encode())
        signed = AWSRequest("POST", ENDPOINT + "/", headers=headers, data=data)
        SigV4Auth(credentials, "monitoring", "us-east-1").add_auth(signed)
        request = urllib.request.Request(signed.url, data=data, headers=dict(signed.headers))
        with urllib.request.urlopen(request) as response:
            return response.read().decode()

    datum = "MetricData.member.1."
    put = {
        "Action": "PutMetricData",
        "Version": "2010-08-01",
        "Namespace": "Old",
        datum + "MetricName": "m",
        datum + "Timestamp": NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        datum + "Value": "2.5",
    }
    if "<PutMetricDataResponse" not in post(put):
        raise AssertionError("PutMetricData has no answer of its own")
    listed = post({"Action": "ListMetrics", "Version": "2010-08-01", "Namespace": "Old"})
    if "<MetricName>m</MetricName>" not in listed:
        raise AssertionError(listed)
    try:
        post({**put, datum + "Value": "NaN"})
        raise AssertionError("NaN should have been refused")
    except urllib.error.HTTPError as error:
        body = error.read().decode()
        expect((error.code, "<Code>InvalidParameterValue</Code>" in body), (400, True))


for scenario in [metrics, metric_errors, logs, command_line, query_protocol]:
    scenario()
    print(f"{scenario.__name__}: as expected")
