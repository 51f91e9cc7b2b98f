import { describe, expect, it } from 'vitest';
import { lineWriter } from '../../../src/aggregator/batch/output.ts';
import { spreadsheetCell } from '../../../src/runtime/csv.ts';

const row = (columns: string, meta = '"id":"x"') => `{${columns},"meta":{${meta}}}`;

it('NDJSON is the row as it is, a line each', () => {
  const write = lineWriter('ndjson');
  expect(write(row('"a":9007199254740993'))).toBe('{"a":9007199254740993,"meta":{"id":"x"}}\n');
});

describe('CSV', () => {
  it('CSV has one header, and behind the columns those of meta', () => {
    const write = lineWriter('csv');
    expect(write(row('"a":1,"b":"x"', '"id":"7","count":2'))).toBe('a,b,meta_id,meta_count\n1,x,7,2\n');
    expect(write(row('"a":2,"b":"y"', '"id":"8","count":3'))).toBe('2,y,8,3\n');
  });

  it.each([
    ['9007199254740993', '9007199254740993'],
    ['0.10000000000000000000001', '0.10000000000000000000001'],
    ['null', ''],
    ['""', '""'],
    ['true', 'true'],
    ['"a,b"', '"a,b"'],
    ['"say \\"a\\""', '"say ""a"""'],
    ['"one\\ntwo"', '"one\ntwo"'],
    ['{"b":1,"a":9007199254740993}', '"{""a"":9007199254740993,""b"":1}"'],
    ['["a.csv:1-3","b.csv:7"]', 'a.csv:1-3 b.csv:7'],
    ['[1]', '[1]'],
  ])('writes %s as %s', (json, cell) => {
    expect(lineWriter('csv')(row(`"a":${json}`))).toBe(`a,meta_id\n${cell},x\n`);
  });

  it('CSV tells a column of its own from one of meta, whatever it is called', () => {
    const write = lineWriter('csv');
    expect(write(row('"meta_id":"mine","__proto__":1'))).toBe('meta_id,__proto__,meta__id\nmine,1,x\n');
    expect(lineWriter('csv')(row('"meta_id":1,"meta__id":2'))).toBe('meta_id,meta__id,meta___id\n1,2,x\n');
  });

  it('CSV keeps a text that a spreadsheet runs, but in what browsers download', () => {
    const formula = row('"=a":"=1+1","n":-1');
    expect(lineWriter('csv')(formula)).toBe('=a,n,meta_id\n=1+1,-1,x\n');
    expect(lineWriter('csv', spreadsheetCell)(formula)).toBe("'=a,n,meta_id\n'=1+1,-1,x\n");
  });

  it('CSV has a header of its own for rows of a version with other columns', () => {
    const write = lineWriter('csv');
    write(row('"a":1,"sum_n":2'));
    expect(write(row('"a":1,"max_n":3'))).toBe('\na,max_n,meta_id\n1,3,x\n');
    expect(write(row('"a":2,"max_n":4'))).toBe('2,4,x\n');
  });
});
