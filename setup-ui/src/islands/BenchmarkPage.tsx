/** What this machine can do, measured by itself: a page of its own, so that the dashboard carries none of it. */
import { startBenchmark, stopBenchmark } from '../api/benchmark.ts';
import { byModel } from '../flow/benchmark.ts';
import { useBenchmark } from '../flow/use-benchmark.ts';
import { useStatus } from '../flow/use-status.ts';
import { useUpdate } from '../flow/use-update.ts';
import { Icon } from '../parts/Icon.tsx';
import { FailureNote, Note } from '../parts/Note.tsx';
import { ViewHead } from '../parts/ViewHead.tsx';
import { benchmark as text } from '../strings/en.json';
import { Progress } from './benchmark/Progress.tsx';
import { Result } from './benchmark/Result.tsx';
import { Shell, ShellLoading } from './dashboard/Shell.tsx';

export function BenchmarkPage() {
  const live = useStatus('benchmark');
  const update = useUpdate(live.status?.kind === 'appliance', false);
  const view = useBenchmark();
  const { answer, failure, take } = view;
  const begin = async (anyway: boolean): Promise<void> => take(await startBenchmark(anyway));
  const groups = byModel(answer?.runs ?? []);
  const isRunning = answer !== undefined && answer.progress !== null;
  return (
    <Shell section="benchmark" live={live} update={update.answer}>
      {live.status === undefined || answer === undefined ? (
        <>
          <ShellLoading />
          {failure !== undefined && <FailureNote failure={failure} />}
        </>
      ) : (
        <>
          <ViewHead title={text.heading} lead={text.lead}>
            {isRunning ? (
              <button type="button" class="btn quiet" onClick={async () => take(await stopBenchmark())}>
                <Icon name="stop" />
                {text.stop}
              </button>
            ) : (
              groups.length > 0 && (
                <button type="button" class="btn quiet" onClick={() => void begin(false)}>
                  <Icon name="refresh" />
                  {text.again}
                </button>
              )
            )}
          </ViewHead>
          {failure !== undefined && <FailureNote failure={failure} />}
          {failure?.kind === 'problem' && failure.code === 'benchmark_busy' && (
            <p class="anyway">
              <button type="button" class="btn small quiet" onClick={() => void begin(true)}>
                {text.anyway}
              </button>
            </p>
          )}
          {answer.problem !== null && (
            <Note tone="bad" title={text.problem_title} isNews>
              {answer.problem}
            </Note>
          )}
          {answer.progress !== null && <Progress progress={answer.progress} />}
          {groups.length === 0 && !isRunning && (
            <section class="card empty">
              <Icon name="machine" size={32} />
              <h2>{text.empty_title}</h2>
              <p>{text.empty_body}</p>
              <button type="button" class="btn" onClick={() => void begin(false)}>
                {text.empty_action}
              </button>
            </section>
          )}
          {groups.map((group) => (
            <Result key={group.model} measured={group} />
          ))}
        </>
      )}
    </Shell>
  );
}
