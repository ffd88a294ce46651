// Consumes CPU time and says how long that took.
exports.handler = async ({ cpu_ms }) => {
  const before = process.cpuUsage();
  const began = process.hrtime.bigint();
  const used = () => {
    const usage = process.cpuUsage(before);
    return (usage.user + usage.system) / 1000;
  };
  while (used() < cpu_ms);
  return { wall_ms: Number(process.hrtime.bigint() - began) / 1e6, cpu_ms: used() };
};
