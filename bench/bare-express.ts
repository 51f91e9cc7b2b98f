// The baseline of the collector: an Express route that reads the same body and answers.

import express from 'express';

const app = express();
app.post('/api/events', express.json(), (_req, res) => {
  res.status(202).json({ accepted: 1, rejected: 0 });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(address !== null && typeof address === 'object' ? address.port : 0);
});
process.once('disconnect', () => process.exit(0));
