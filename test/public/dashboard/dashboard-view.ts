// The model of the dashboard's page on a Monday in Berlin, over a dataset of 2019 and events since.

import { QUESTIONS } from '../../../src/dashboard/questions/questions.ts';

const TODAY = '2026-03-02';

export const dashboardModel = {
  filters: { from: null, to: null, product: null, device: null, year: null },
  whose: { robots: 'exclude', simulated: 'include' },
  whoseText: '',
  timeZone: 'Europe/Berlin',
  extent: { first: '2019-01-01', last: TODAY },
  everything: { from: '2019-01-01', to: '2026-03-03' },
  loads: [],
  questions: QUESTIONS,
  today: TODAY,
  crowd: { state: 'nobody: no simulator runs', faults: [] },
};
