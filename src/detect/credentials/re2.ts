/** RE2 in JavaScript: linear in the text whatever the pattern. Ten times slower than V8, and loaded only where a rule needs it. */
import { RE2JS } from 're2js';
import type { Find } from './matcher.js';

/** The first match that ends behind `last`, wherever it begins. */
export function compileRe2(pattern: string, group = 1): Find {
  const expression = RE2JS.compile(pattern);
  return (text, _first, last) => {
    const matcher = expression.matcher(text);
    do if (!matcher.find()) return undefined;
    while (matcher.end() <= last);
    const secret = expression.groupCount() >= group ? matcher.group(group) : null;
    return { from: matcher.start(), to: matcher.end(), secret: secret ?? matcher.group() ?? '' };
  };
}
