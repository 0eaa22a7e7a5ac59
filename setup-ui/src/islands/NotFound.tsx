/** An address with nothing behind it. Separate page so that a mistyped address still meets the machine's own voice. */
import { Heading } from '../parts/Heading.tsx';
import { Icon } from '../parts/Icon.tsx';
import { common, not_found as text } from '../strings/en.json';

export function NotFound() {
  return (
    <div class="wizard page-404">
      <header class="side">
        <p class="mark">{common.product}</p>
        <div class="plate">
          <span class="name">{common.machine}</span>
        </div>
        <p class="local">
          <Icon name="shield" size={18} />
          {common.local_page}
        </p>
      </header>
      <main class="task">
        <Heading>{text.heading}</Heading>
        <p class="lead">{text.lead}</p>
        <div class="actions">
          <a class="btn wide" href="/">
            {text.home}
          </a>
        </div>
      </main>
    </div>
  );
}
