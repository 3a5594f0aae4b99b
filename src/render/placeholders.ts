import Handlebars from 'handlebars';

/** Blocks that a template may use, and whether names inside stand for the block's value. */
const BLOCKS: ReadonlyMap<string, boolean> = new Map([
  ['if', false],
  ['unless', false],
  ['with', true],
  ['each', true],
]);
/** What `each` offers beside the fields: `@index` and the like. */
const LOOP_NAMES: ReadonlySet<string> = new Set(['index', 'key', 'first', 'last']);
const MISSING = Symbol('missing');

/** What names can stand for: the sample view, then the value of every block around them. */
type Scopes = readonly unknown[];

/**
 * What is wrong with the placeholders of a Handlebars source, each with its line: names that the
 * sample view lacks (in branches that the sample does not take, too), values that are not escaped,
 * helpers, partials. Every list of the sample must hold an entry, which stands for all.
 * @throws when the source is no Handlebars.
 */
export function placeholderFaults(source: string, sample: object): Fault[] {
  return [...faultsIn(Handlebars.parse(source).body, [sample])];
}

/** What is wrong, and in which line, from 1. */
interface Fault {
  readonly line: number;
  readonly why: string;
}

function* faultsIn(statements: readonly hbs.AST.Statement[], scopes: Scopes): Generator<Fault> {
  for (const statement of statements) {
    const { line } = statement.loc.start;
    switch (statement.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        break;
      case 'MustacheStatement': {
        const { path, params, escaped } = statement as hbs.AST.MustacheStatement;
        const name = nameOf(path);
        if (!escaped) yield { line, why: `${name} would not be escaped, write {{${name}}}` };
        if (params.length > 0) yield { line, why: `no helper is named ${name}` };
        else if (resolve(path, scopes) === MISSING) yield { line, why: unknown(name, scopes) };
        break;
      }
      case 'BlockStatement':
        yield* faultsInBlock(statement as hbs.AST.BlockStatement, scopes, line);
        break;
      default:
        yield { line, why: `a template may not have a ${statement.type}` };
    }
  }
}

function* faultsInBlock(
  { path, params, program, inverse }: hbs.AST.BlockStatement,
  scopes: Scopes,
  line: number,
): Generator<Fault> {
  const [subject] = params;
  const entering = BLOCKS.get(nameOf(path));
  if (entering === undefined || subject === undefined || params.length > 1) {
    const why = `no block with ${params.length} values is named ${nameOf(path)}`;
    yield { line, why: `${why}; there are ${[...BLOCKS.keys()].join(', ')}, with one` };
    return;
  }
  const value = resolve(subject, scopes);
  if (value === MISSING) {
    yield { line, why: unknown(nameOf(subject), scopes) };
    return;
  }
  const inner = Array.isArray(value) ? value[0] : value;
  yield* faultsIn(program.body, entering ? [...scopes, inner] : scopes);
  yield* faultsIn(inverse?.body ?? [], scopes);
}

/** The sample's value for a path such as `links.view`, `../title` or `@index`. */
function resolve(expression: hbs.AST.Expression, scopes: Scopes): unknown {
  if (expression.type !== 'PathExpression') return MISSING;
  const { data, depth, parts } = expression as hbs.AST.PathExpression;
  if (data) return LOOP_NAMES.has(parts.join('.')) ? '' : MISSING;
  let value: unknown = scopes.at(-1 - depth) ?? MISSING;
  for (const part of parts) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return MISSING;
    value = Reflect.get(value, part);
  }
  return value;
}

/** With the names that there are in this place. */
function unknown(name: string, scopes: Scopes): string {
  const scope = scopes.at(-1);
  const known = typeof scope === 'object' && scope !== null ? Object.keys(scope) : [];
  return `no field is named ${name}; here there are ${known.join(', ') || 'none'}`;
}

function nameOf(expression: hbs.AST.Expression | hbs.AST.Literal): string {
  return 'original' in expression ? String(expression.original) : expression.type;
}
