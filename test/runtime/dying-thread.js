// A thread that answers requests (waiting-thread.ts), and dies where it is asked to.
import { register } from 'tsx/esm/api';

register();
const { answerRequests } = await import('../../runtime/waiting-thread.ts');
answerRequests(
  async (request) => {
    if (request === 'die') process.exit(1);
    if (request === 'fail') setTimeout(() => process.exit(1), 10);
    if (request === 'hang') await new Promise((resolve) => setTimeout(resolve, 60_000));
    return `${request}, answered`;
  },
  () => [],
);
