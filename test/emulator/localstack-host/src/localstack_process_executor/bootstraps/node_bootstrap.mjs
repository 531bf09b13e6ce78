// Node.js side of the AWS Lambda Runtime API, for functions run as processes.
// Loads CommonJS and ES module handlers, calls them, reports what they return.

import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import util from 'node:util';

const API = process.env.AWS_LAMBDA_RUNTIME_API;
const TASK_ROOT = process.env.LAMBDA_TASK_ROOT ?? process.cwd();
const HANDLER = process.env._HANDLER ?? 'index.handler';
const JSON_LOGS = process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
const PREFIX = '/2018-06-01/runtime';
const LOG_MARKER = '\x1e@lambda-log-end ';
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const realWrite = process.stdout.write.bind(process.stdout);

let requestId; // of the invocation in progress

function call(method, route, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      `http://${API}${PREFIX}${route}`,
      {
        method,
        agent,
        headers:
          body === undefined
            ? headers
            : {
                'Content-Type': 'application/json',
                'Content-Length': Buffer.byteLength(body),
                ...headers,
              },
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function describe(error) {
  if (util.types.isNativeError(error) || (error?.name && error.message !== undefined)) {
    return {
      errorType: error.name,
      errorMessage: error.message,
      trace: String(error.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function named(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
}

// ---- console, in the layout of the AWS runtime -----------------------------

function patchConsole() {
  for (const [method, level] of [
    ['log', 'INFO'],
    ['info', 'INFO'],
    ['debug', 'DEBUG'],
    ['trace', 'TRACE'],
    ['warn', 'WARN'],
    ['error', 'ERROR'],
  ]) {
    console[method] = (...args) => {
      const timestamp = new Date().toISOString();
      if (JSON_LOGS) {
        const message =
          args.length === 1 && typeof args[0] === 'object' ? args[0] : util.format(...args);
        realWrite(`${JSON.stringify({ timestamp, level, requestId, message })}\n`);
      } else {
        realWrite(`${timestamp}\t${requestId ?? 'undefined'}\t${level}\t${util.format(...args)}\n`);
      }
    };
  }
}

// ---- finding the handler -----------------------------------------------------

function handlerFile(base) {
  for (const candidate of [base, `${base}.js`, `${base}.mjs`, `${base}.cjs`]) {
    if (fs.existsSync(candidate) && fs.statSync(candidate).isFile()) return candidate;
  }
  try {
    // a folder with an index.js or a package.json
    return createRequire(path.join(TASK_ROOT, 'x.js')).resolve(base);
  } catch {
    throw named('Runtime.ImportModuleError', `Error: Cannot find module '${path.basename(base)}'`);
  }
}

async function loadHandler() {
  if (HANDLER.includes('..'))
    throw named('Runtime.MalformedHandlerName', `'${HANDLER}' is not a valid handler name.`);
  const folder = path.dirname(HANDLER);
  const [module, ...names] = path.basename(HANDLER).split('.');
  if (names.length === 0) throw named('Runtime.MalformedHandlerName', 'Bad handler');
  const file = handlerFile(path.resolve(TASK_ROOT, folder, module));
  let loaded;
  try {
    loaded = await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw Object.assign(error, { name: 'Runtime.UserCodeSyntaxError' });
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw Object.assign(error, { name: 'Runtime.ImportModuleError' });
    }
    throw error;
  }
  // import() of CommonJS gives module.exports as default, and some names beside it
  const find = (root) =>
    names.reduce((value, name) => (value == null ? undefined : value[name]), root);
  const handler = find(loaded) ?? find(loaded.default);
  if (handler === undefined)
    throw named('Runtime.HandlerNotFound', `${HANDLER} is undefined or not exported`);
  if (typeof handler !== 'function')
    throw named('Runtime.HandlerNotFound', `${HANDLER} is not a function`);
  return handler;
}

// ---- one invocation ------------------------------------------------------------

function makeContext(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: requestId,
    clientContext: parseHeader(headers['lambda-runtime-client-context']),
    identity: parseHeader(headers['lambda-runtime-cognito-identity']),
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function parseHeader(value) {
  return value ? JSON.parse(value) : undefined;
}

function run(handler, event, context) {
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (how, value) => {
      if (!settled) {
        settled = true;
        how(value);
      }
    };
    const callback = (error, result) => {
      const finish = () =>
        error === undefined || error === null ? settle(resolve, result) : settle(reject, error);
      if (error || !context.callbackWaitsForEmptyEventLoop) finish();
      else process.once('beforeExit', finish); // nothing else left to do
    };
    context.done = callback;
    context.succeed = (result) => callback(null, result);
    context.fail = (error) => callback(error ?? 'handled');
    let returned;
    try {
      returned = handler(event, context, callback);
    } catch (error) {
      settle(reject, error);
      return;
    }
    if (returned && typeof returned.then === 'function') {
      returned.then(
        (value) => settle(resolve, value),
        (error) => settle(reject, error),
      );
    } else if (handler.length < 3) {
      // The AWS runtime waits for a callback here. A handler that takes none
      // and returned a value, or nothing, is done when the loop is empty.
      process.once('beforeExit', () => settle(resolve, null));
    }
  });
}

const endLog = (id) => new Promise((resolve) => realWrite(`${LOG_MARKER}${id}\n`, resolve));

async function reportError(id, error, headers = {}) {
  const described = describe(error);
  // biome-ignore lint/suspicious/noConsole: AWS logs it so.
  console.error('Invoke Error', '\t', JSON.stringify(described));
  await endLog(id);
  await call('POST', `/invocation/${id}/error`, JSON.stringify(described), {
    'Lambda-Runtime-Function-Error-Type': 'Unhandled',
    ...headers,
  });
}

function dieWith(type) {
  return async (error) => {
    const wrapped = Object.assign(named(type, error?.message ?? String(error)), {
      stack: error?.stack,
    });
    try {
      if (requestId) await reportError(requestId, wrapped, { 'Lambda-Process-Exiting': '1' });
      else await call('POST', '/init/error', JSON.stringify(describe(wrapped)));
    } finally {
      process.exit(type === 'Runtime.UnhandledPromiseRejection' ? 128 : 129);
    }
  };
}

async function main() {
  patchConsole();
  process.on('unhandledRejection', dieWith('Runtime.UnhandledPromiseRejection'));
  process.on('uncaughtException', dieWith('Runtime.UncaughtException'));

  let handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    process.stderr.write(
      `${['Uncaught Exception', '\t', JSON.stringify(describe(error))].join(' ')}\n`,
    );
    await call('POST', '/init/error', JSON.stringify(describe(error)));
    process.exit(1);
  }

  for (;;) {
    requestId = undefined;
    const next = await call('GET', '/invocation/next');
    if (next.status !== 200) process.exit(0);
    requestId = next.headers['lambda-runtime-aws-request-id'];
    const trace = next.headers['lambda-runtime-trace-id'];
    if (trace) process.env._X_AMZN_TRACE_ID = trace;
    else delete process.env._X_AMZN_TRACE_ID;
    const id = requestId;
    try {
      const context = makeContext(next.headers);
      const event = JSON.parse(next.body.toString('utf8') || '{}');
      const result = await run(handler, event, context);
      let body;
      try {
        body = JSON.stringify(result === undefined ? null : result);
      } catch (error) {
        throw named(
          'Runtime.UnableToStringify',
          `Unable to stringify response body: ${error.message}`,
        );
      }
      await endLog(id);
      await call('POST', `/invocation/${id}/response`, body);
    } catch (error) {
      await reportError(id, error);
    }
  }
}

main().catch((error) => {
  realWrite(`bootstrap: ${error?.stack ?? error}\n`);
  process.exit(2);
});
