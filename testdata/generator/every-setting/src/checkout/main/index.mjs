export const run = async () => null;
