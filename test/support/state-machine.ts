/**
 * Runs a definition in Amazon States Language (JSONPath), as far as ours goes: tasks, passes,
 * choices, maps, retries without waiting, catches. What it does not know is an error.
 */

interface Retry {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts?: number;
}

interface Catch {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
}

interface Rule {
  readonly Variable: string;
  readonly StringEquals: string;
  readonly Next: string;
}

interface State {
  readonly Type: 'Task' | 'Pass' | 'Choice' | 'Map' | 'Succeed' | 'Fail';
  readonly Next?: string;
  readonly End?: boolean;
  readonly Resource?: string;
  readonly Parameters?: unknown;
  readonly ResultPath?: string | null;
  readonly Retry?: readonly Retry[];
  readonly Catch?: readonly Catch[];
  readonly Choices?: readonly Rule[];
  readonly Default?: string;
  readonly ItemsPath?: string;
  readonly ItemSelector?: unknown;
  readonly ItemProcessor?: Definition;
  readonly Error?: string;
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type Invoke = (resource: string, payload: unknown) => Promise<unknown>;

/** An error as the state machine sees it. */
class StateError extends Error {
  override readonly name = 'StateError';
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

export interface Execution {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly error: string | null;
  readonly output: unknown;
  /** Names of states in order; those of children are not in it. */
  readonly visited: readonly string[];
  /** Of results of map states, the largest, as JSON. */
  readonly largestMapResultBytes: number;
}

export async function execute(
  definition: Definition,
  input: unknown,
  invoke: Invoke,
): Promise<Execution> {
  const machine = new Machine(invoke);
  const visited: string[] = [];
  try {
    const output = await machine.run(definition, input, null, visited);
    return { status: 'SUCCEEDED', error: null, output, visited, ...machine.sizes };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { status: 'FAILED', error: error.error, output: null, visited, ...machine.sizes };
  }
}

class Machine {
  readonly sizes = { largestMapResultBytes: 0 };
  readonly #invoke: Invoke;

  constructor(invoke: Invoke) {
    this.#invoke = invoke;
  }

  async run(definition: Definition, input: unknown, item: unknown, visited: string[]) {
    let name: string | undefined = definition.StartAt;
    let data = input;
    while (name !== undefined) {
      visited.push(name);
      const state: State = definition.States[name];
      const step = await this.#stepOrCatch(state, data, item);
      data = step.data;
      name = step.next;
    }
    return data;
  }

  async #stepOrCatch(state: State, data: unknown, item: unknown) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#step(state, data, item);
      } catch (error) {
        if (!(error instanceof StateError) || state.Type === 'Fail') throw error;
        const isNamed = ({ ErrorEquals }: { ErrorEquals: readonly string[] }) =>
          ErrorEquals.includes(error.error) || ErrorEquals.includes('States.ALL');
        if (attempt < (state.Retry?.find(isNamed)?.MaxAttempts ?? 0)) continue;
        const caught = state.Catch?.find(isNamed);
        if (caught === undefined) throw error;
        const result = { Error: error.error, Cause: error.message };
        return { data: placed(data, caught.ResultPath, result), next: caught.Next };
      }
    }
  }

  async #step(state: State, data: unknown, item: unknown) {
    const next = state.Next;
    switch (state.Type) {
      case 'Task': {
        const payload = filled(state.Parameters ?? { '.$': '$' }, data, item);
        const answer = await this.#call(state.Resource ?? '', payload);
        return { data: placed(data, state.ResultPath, answer), next };
      }
      case 'Pass':
        return { data: placed(data, state.ResultPath, filled(state.Parameters, data, item)), next };
      case 'Choice': {
        const rule = state.Choices?.find((rule) => at(data, rule.Variable) === rule.StringEquals);
        return { data, next: rule?.Next ?? state.Default };
      }
      case 'Map':
        return { data: placed(data, state.ResultPath, await this.#map(state, data)), next };
      case 'Succeed':
        return { data, next: undefined };
      case 'Fail':
        throw new StateError(state.Error ?? '', '');
    }
  }

  async #map({ ItemsPath, ItemSelector, ItemProcessor }: State, data: unknown) {
    const results: unknown[] = [];
    for (const item of at(data, ItemsPath ?? '$') as unknown[]) {
      const input = filled(ItemSelector, data, item);
      results.push(await this.run(ItemProcessor as Definition, input, item, []));
    }
    const bytes = JSON.stringify(results).length;
    this.sizes.largestMapResultBytes = Math.max(this.sizes.largestMapResultBytes, bytes);
    return results;
  }

  /** Payloads go through JSON, as they do on AWS. */
  async #call(resource: string, payload: unknown): Promise<unknown> {
    try {
      const answer = await this.#invoke(resource, JSON.parse(JSON.stringify(payload)));
      return JSON.parse(JSON.stringify(answer ?? null));
    } catch (error) {
      const { name, message } = error as Error;
      const cause = JSON.stringify({ errorType: name, errorMessage: message });
      throw new StateError(name, cause);
    }
  }
}

/** `$.a.b` of the data. */
function at(data: unknown, path: string): unknown {
  let value = data;
  for (const name of path.split('.').slice(1)) {
    value = (value as Record<string, unknown> | undefined)?.[name];
  }
  if (value === undefined) throw new StateError('States.Runtime', `nothing at ${path}`);
  return value;
}

/** A template in which names that end in `.$` take their value from data or item. */
function filled(template: unknown, data: unknown, item: unknown): unknown {
  const read = (path: string) =>
    path.startsWith('$$.Map.Item.Value')
      ? at({ item }, path.replace('$$.Map.Item.Value', '$.item'))
      : at(data, path);
  if (typeof template !== 'object' || template === null) return template;
  if ('.$' in template) return read(template['.$'] as string);
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) =>
      name.endsWith('.$')
        ? [name.slice(0, -2), read(value as string)]
        : [name, filled(value, data, item)],
    ),
  );
}

/** The data with the result at `$`, `$.name` or nowhere. */
function placed(data: unknown, path: string | null | undefined, result: unknown): unknown {
  if (path === null) return data;
  if (path === undefined || path === '$') return result;
  return { ...(data as object), [path.slice(2)]: result };
}
