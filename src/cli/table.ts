import Table from 'cli-table3';

/** Rows under a head, as wide as they need to be and without colours. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const made = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
  });
  made.push(...rows.map((row) => row.map((cell) => visible(String(cell ?? '')))));
  return made.toString();
}

/** Titles and addresses come from strangers: no control character of theirs reaches the terminal. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
