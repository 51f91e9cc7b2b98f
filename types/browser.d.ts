// What scripts of pages find beside the browser's own: Chart.js as a global, forms by the names of their fields, and elements that a page has
// because its view writes them. A script that also runs where an element is missing says so: /** @type {HTMLElement | null} */.

interface Window {
  readonly Chart: typeof import('chart.js').Chart & Pick<typeof import('chart.js'), '_adapters'>;
}
/** As setTimeout() answers where the server's types are known, too. */
type Timer = ReturnType<typeof setTimeout>;
/** A form whose fields have these names. */
type FormWith<Name extends string> = HTMLFormElement & {
  readonly elements: HTMLFormControlsCollection & Readonly<Record<Name, HTMLInputElement>>;
};

interface ParentNode {
  querySelector<Tag extends keyof HTMLElementTagNameMap>(selectors: Tag): HTMLElementTagNameMap[Tag];
  querySelector<E extends Element = HTMLElement>(selectors: string): E;
  querySelectorAll<Tag extends keyof HTMLElementTagNameMap>(
    selectors: Tag,
  ): NodeListOf<HTMLElementTagNameMap[Tag]>;
  querySelectorAll<E extends Element = HTMLElement>(selectors: string): NodeListOf<E>;
}
interface Element {
  closest<E extends Element = HTMLElement>(selectors: string): E | null;
}
interface Document {
  getElementById<E extends HTMLElement = HTMLElement>(id: string): E;
}
