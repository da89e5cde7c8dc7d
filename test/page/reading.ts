/** What tests read in pages: what is drawn, and the text of a piece of HTML. */

/** What the page's script draws. */
export interface Drawn {
  readonly title: string;
  readonly iterations: readonly number[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}
export const chartsOf = (page: string): Drawn[] =>
  JSON.parse(/<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(page)![1]) as Drawn[];

/** Text of a piece of HTML that this project wrote. */
export const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
