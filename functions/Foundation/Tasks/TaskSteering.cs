using System.Collections.Immutable;
using Foundation.Tasks.Dispatch;

namespace Foundation.Tasks;

/// <summary>What operators do to tasks: cancel, replay, delete.</summary>
internal sealed class TaskSteering(
    TaskService tasks, AttemptRunner runner, Registry.IInstanceDirectory directory, WorkTracker tracker)
{
    public async ValueTask<Outcome<StoredTask>> CancelAsync(Caller caller, ResourceId id, string? reason, CancellationToken ct)
    {
        var outcome = await tasks.ApplyAsync(caller, id, new TaskCommand.Cancel(reason), null, null, ct);
        if (!outcome.Ok)
        {
            return outcome.Problem!;
        }

        var stored = outcome.Value.Stored;
        if (stored.Task is { Status: AgentTaskStatus.Running, Current: { } current })
        {
            StopAttempt(stored, current);
        }

        return stored;
    }

    public async ValueTask<Outcome<StoredTask>> ReplayAsync(Caller caller, ResourceId id, TaskReplayRequest edits, CancellationToken ct)
    {
        var command = new TaskCommand.Replay(!edits.Data.IsEmpty, edits.Target, edits.Priority, edits.Timeout, edits.Retry);
        Func<AgentTask, ImmutableArray<Write>>? extra = edits.Data.IsEmpty
            ? null
            : after => [new Write.Insert(TaskRows.EditKey(id, after.DataEdition), default, edits.Data.Memory, null)];
        var outcome = await tasks.ApplyAsync(caller, id, command, extra, null, ct);
        return outcome.Ok ? outcome.Value.Stored : outcome.Problem!;
    }

    public async ValueTask<Problem?> DeleteAsync(Caller caller, ResourceId id, CancellationToken ct)
    {
        if (await tasks.FindAsync(caller, id, ct) is not { } stored)
        {
            return new Problem(TaskErrors.NotFound);
        }

        return !stored.Task.Ended ? new Problem(TaskErrors.NotEnded)
            : await tasks.DeleteAsync(stored, ct) ? null
            : new Problem(TaskErrors.Contended) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    // A push is stopped by closing its request; an agent that answered 202 is told.
    private void StopAttempt(StoredTask stored, RunningAttempt current)
    {
        if (!current.Accepted)
        {
            runner.CancelPush(stored.Task.Id, stored.Task.Attempt);
        }
        else if (current.Instance.Split('/') is [var service, var name] && directory.Find(service, name) is { Endpoint: not null } instance)
        {
            tracker.Track(runner.CancelAcceptedAsync(stored, instance, CancellationToken.None));
        }
    }
}
