// The metrics and their units, as CloudWatch names them.

export const UNITS = {
  RequestLatency: "Milliseconds",
  TaskSelfTime: "Milliseconds",
  TaskWaitTime: "Milliseconds",
  TaskCpuTime: "Milliseconds",
  TaskParallelism: "None",
  TaskErrors: "Count",
  CallWait: "Milliseconds",
  CallLatency: "Milliseconds",
  InitDuration: "Milliseconds",
  MemoryUsed: "Megabytes",
};
