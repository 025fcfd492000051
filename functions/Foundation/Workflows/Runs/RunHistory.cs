using System.Text.Json;

namespace Foundation.Workflows;

/// <summary>A history row: what one commit changed.</summary>
internal sealed record RunHistoryRow(IReadOnlyList<RunEvent> Events);

/// <summary>What became of a run, one row for each of its changes.</summary>
internal static class RunHistory
{
    /// <summary>The row of a change, or null when nothing happened that a reader would tell; a new run has none before.</summary>
    public static Write.Insert? Row(WorkflowRun? before, WorkflowRun after, DateTimeOffset now)
    {
        var events = Between(before, after, now).ToList();
        var key = RunRows.HistoryKey(after.Id, after.Number);
        return events.Count == 0
            ? null
            : new Write.Insert(key, JsonSerializer.SerializeToUtf8Bytes(new RunHistoryRow(events), RunStateJson.Compact.RunHistoryRow), default, null);
    }

    public static IReadOnlyList<RunEvent> Read(Row row) => JsonSerializer.Deserialize(row.State.Span, RunStateJson.Compact.RunHistoryRow)!.Events;

    public static IEnumerable<RunEvent> Between(WorkflowRun? before, WorkflowRun after, DateTimeOffset now)
    {
        if (before is null)
        {
            yield return new RunEvent { At = now, What = "run-started" };
        }

        if (before?.Pause is null && after.Pause is { } pause)
        {
            yield return new RunEvent { At = now, What = "run-paused", Detail = pause.Reason };
        }

        if (before?.Pause is not null && after is { Pause: null, Stopping: false, Ended: false })
        {
            yield return new RunEvent { At = now, What = "run-resumed" };
        }

        for (var i = 0; before is not null && i < after.Steps.Length; i++)
        {
            foreach (var step in Step(before.Steps[i], after.Steps[i], after, now))
            {
                yield return step;
            }
        }

        if (before is { Problem: null } && after.Problem is { } problem)
        {
            yield return new RunEvent { At = now, What = "run-failing", Step = problem.Step, Task = problem.Task, Detail = $"{problem.Code}: {problem.Detail}" };
        }

        if (before is { Cancel: null } && after.Cancel is { } cancel)
        {
            yield return new RunEvent { At = now, What = "cancel-requested", Detail = cancel.Reason };
        }

        if (before is { Ended: false } && after.Ended)
        {
            yield return new RunEvent { At = now, What = "run-" + Kebab.Name(after.Status) };
        }
    }

    // A step may start and end between two commits of a test's clock, but never within one: its start is committed before its task is told.
    private static IEnumerable<RunEvent> Step(RunStep before, RunStep after, WorkflowRun run, DateTimeOffset now)
    {
        // Steps that never started and end with their run say nothing that the run's own end does not.
        if (before.Status == after.Status || (before.Status == RunStepStatus.Pending && after.Status == RunStepStatus.Cancelled))
        {
            yield break;
        }

        var what = after.Live ? "started" : Kebab.Name(after.Status);
        var detail = after.Status == RunStepStatus.Failed ? after.Problem?.Detail ?? run.Problem?.Detail : null;
        yield return new RunEvent { At = now, What = "step-" + what, Step = after.Name, Task = after.TaskId, Detail = detail };
    }
}
