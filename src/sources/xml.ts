import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { excerpt } from './explain.ts';

/** An element: its text, its attributes as `@name`, and its children by name, namespaces left out. */
export type Element = { readonly [name: string]: string | readonly Element[] };

/** Entities that a document declares itself stay as they stand, so that none of them can grow. */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  alwaysCreateTextNode: true,
  htmlEntities: true, // and numeric ones
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
});

/** Why a text is no complete XML document with such a root; `undefined` when it is one. */
export function xmlFlaw(text: string, roots: readonly string[]): string | undefined {
  const checked = XMLValidator.validate(text);
  const named = roots.some((name) => new RegExp(`<(?:\\w+:)?${name}[\\s>]`).test(text));
  if (checked === true && named) return undefined;
  const where = checked === true ? '' : ` (${excerpt(checked.err.msg)})`;
  return `with no ${roots.join(' or ')} document${where}: ${excerpt(text)}`;
}

/** The document, whose one child is its root. */
export function parseXml(text: string): Element {
  return parser.parse(text) as Element;
}

/** The elements at the end of a path of names; none when the path breaks off. */
export function elements(from: Element, ...path: readonly string[]): readonly Element[] {
  let found: readonly Element[] = [from];
  for (const name of path) {
    found = found.flatMap((one) => {
      const children = one[name];
      return typeof children === 'object' ? children : [];
    });
  }
  return found;
}

/** The text of the first element at the end of a path; `undefined` when there is none or it is empty. */
export function textAt(from: Element, ...path: readonly string[]): string | undefined {
  const text = elements(from, ...path)[0]?.['#text'];
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

export function attribute(of: Element | undefined, name: string): string | undefined {
  const value = of?.[`@${name}`];
  return typeof value === 'string' ? value : undefined;
}
