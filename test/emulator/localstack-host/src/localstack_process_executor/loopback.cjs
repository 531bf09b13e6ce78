// node --require: whatever this process listens on, it listens on 127.0.0.1.
const net = require('node:net');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const [first, second] = args;
  if (
    first !== null &&
    typeof first === 'object' &&
    first.path === undefined &&
    first.fd === undefined
  ) {
    args[0] = { ...first, host: '127.0.0.1' };
  } else if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    if (typeof second === 'string') args[1] = '127.0.0.1';
    else args.splice(1, 0, '127.0.0.1');
  }
  return listen.apply(this, args);
};

// and it does not outlive the process that started it
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(0), 500).unref();
