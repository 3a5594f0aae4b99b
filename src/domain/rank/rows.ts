/** A sparse matrix by rows: row r has the entries `starts[r]` to `starts[r + 1]`. */
export interface Rows {
  readonly columns: number;
  readonly starts: Uint32Array;
  readonly column: Uint32Array;
  readonly value: Float64Array;
}

export function rowsOf(columns: number, rows: readonly (readonly [number, number][])[]): Rows {
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, at) => {
    starts[at + 1] = (starts[at] as number) + row.length;
  });
  const column = new Uint32Array(starts[rows.length] as number);
  const value = new Float64Array(column.length);
  let at = 0;
  for (const row of rows) {
    for (const [c, v] of row) {
      column[at] = c;
      value[at++] = v;
    }
  }
  return { columns, starts, column, value };
}

/** The matrix times `width` dense columns: one row of `width` numbers for each row of the matrix. */
export function times(matrix: Rows, dense: Float64Array, width: number): Float64Array {
  const rows = matrix.starts.length - 1;
  const out = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const to = row * width;
    const end = matrix.starts[row + 1] as number;
    for (let at = matrix.starts[row] as number; at < end; at++) {
      const from = (matrix.column[at] as number) * width;
      const factor = matrix.value[at] as number;
      for (let c = 0; c < width; c++) {
        out[to + c] = (out[to + c] as number) + factor * (dense[from + c] as number);
      }
    }
  }
  return out;
}

/** The transposed matrix times `width` dense columns. */
export function transposedTimes(matrix: Rows, dense: Float64Array, width: number): Float64Array {
  const rows = matrix.starts.length - 1;
  const out = new Float64Array(matrix.columns * width);
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    const end = matrix.starts[row + 1] as number;
    for (let at = matrix.starts[row] as number; at < end; at++) {
      const to = (matrix.column[at] as number) * width;
      const factor = matrix.value[at] as number;
      for (let c = 0; c < width; c++) {
        out[to + c] = (out[to + c] as number) + factor * (dense[from + c] as number);
      }
    }
  }
  return out;
}
