// The tag that sets a task's ES modules apart: a parameter in the address of a file. As a module it is also the hook
// for `module.register`, which knows no more than the address of the importing module.

const PARAMETER = "fusion-task";

/** The tag in a module's address, if it has one. */
export function tagOf(url) {
  return url?.includes(PARAMETER)
    ? (new URL(url).searchParams.get(PARAMETER) ?? undefined)
    : undefined;
}

/** The address with the tag; what is no file (a built-in module, data) stays as it is. */
export function withTag(address, tag) {
  if (!address.startsWith("file:")) {
    return address;
  }
  const url = new URL(address);
  url.searchParams.set(PARAMETER, tag);
  return url.href;
}

/** The hook of `module.register`: a module's imports bear its tag. */
export async function resolve(specifier, context, nextResolve) {
  const found = await nextResolve(specifier, context);
  const tag = tagOf(context.parentURL);
  return tag === undefined ? found : { ...found, url: withTag(found.url, tag) };
}
