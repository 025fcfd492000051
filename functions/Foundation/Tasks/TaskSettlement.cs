using System.Collections.Immutable;
using System.Text.Json;
using Foundation.Retry;
using Foundation.Tasks.Dispatch;

namespace Foundation.Tasks;

/// <summary>What agents say of an attempt by the API: the token proves the attempt, the decider decides, the slot is freed.</summary>
internal sealed class TaskSettlement(
    TaskService tasks, TaskTokens tokens, SlotLedger ledger, TaskDispatcher dispatcher, Registry.IInstanceDirectory directory, WorkTracker tracker)
{
    public async ValueTask<Outcome<TaskSettled>> CompleteAsync(ResourceId id, TaskCompleteRequest request, CancellationToken ct)
    {
        if (Attempt(id, request.Token) is not { } attempt)
        {
            return new Problem(TaskErrors.TokenUnknown);
        }

        var command = new TaskCommand.Complete(attempt, AttemptRunner.HashOf(request.Result), !request.Result.IsEmpty, request.Usage);
        return await SettleAsync(id, command, AttemptRunner.Result(request.Result), ct);
    }

    public async ValueTask<Outcome<TaskSettled>> FailAsync(ResourceId id, TaskFailRequest request, CancellationToken ct)
    {
        if (Attempt(id, request.Token) is not { } attempt)
        {
            return new Problem(TaskErrors.TokenUnknown);
        }

        var given = request.Problem;
        var code = given.Code is null ? null : TaskTransitions.Cut(given.Code, TaskLimits.CodeMax);
        var failure = new Failure
        {
            Class = given.Class ?? FailureClass.Application,
            Code = code,
            Retryable = given.Retryable,
            RetryAfter = request.RetryAfter,
        };
        var problem = new TaskProblem { Code = code, Class = Kebab.Name(failure.Class), Detail = TaskTransitions.Cut(given.Detail) };
        var hash = AttemptRunner.HashOf(RawJson.Trusted(JsonSerializer.SerializeToUtf8Bytes(given, TasksJson.Default.TaskFailure)));
        return await SettleAsync(id, new TaskCommand.Fail(attempt, hash, failure, problem, request.Usage), null, ct);
    }

    public async ValueTask<Outcome<TaskSettled>> ReleaseAsync(ResourceId id, TaskReleaseRequest request, CancellationToken ct)
    {
        if (Attempt(id, request.Token) is not { } attempt)
        {
            return new Problem(TaskErrors.TokenUnknown);
        }

        var hash = StableHash.Of($"release {request.After} {request.Reason}");
        return await SettleAsync(id, new TaskCommand.Release(attempt, hash, request.After, request.Reason), null, ct);
    }

    public async ValueTask<Outcome<TaskProgressReply>> ProgressAsync(ResourceId id, TaskProgressRequest request, CancellationToken ct)
    {
        if (Attempt(id, request.Token) is not { } attempt)
        {
            return new Problem(TaskErrors.TokenUnknown);
        }

        var says = request.Percent is not null || request.Message is not null || !request.Data.IsEmpty;
        var progress = says ? new TaskProgress { Percent = request.Percent, Message = request.Message, Data = request.Data, At = tasks.Now } : null;
        var outcome = await tasks.ApplyAsync(Caller.System, id, new TaskCommand.Report(attempt, progress, request.Usage), null, null, ct);
        if (!outcome.Ok)
        {
            return outcome.Problem!;
        }

        var task = outcome.Value.Stored.Task;
        return new TaskProgressReply
        {
            LeaseExpiresAt = task.Current!.LeaseUntil,
            HeartbeatEvery = task.Heartbeat / 3,
            Cancel = task.Cancel,
        };
    }

    private int? Attempt(ResourceId id, string token) => tokens.AttemptOf(id, token);

    private async ValueTask<Outcome<TaskSettled>> SettleAsync(
        ResourceId id, TaskCommand command, Func<AgentTask, ImmutableArray<Write>>? extra, CancellationToken ct)
    {
        RunningAttempt? before = null;
        var known = await tasks.FindAsync(Caller.System, id, ct);
        before = known?.Task.Current;
        var outcome = await tasks.ApplyAsync(Caller.System, id, command, extra, known, ct);
        if (!outcome.Ok)
        {
            return outcome.Problem!;
        }

        if (!outcome.Value.Reply.Repeated && before is { Accepted: true })
        {
            ledger.AcceptedEnded(before.Instance);
            if (before.Instance.Split('/') is [var service, var name] && directory.Find(service, name) is { } instance)
            {
                tracker.Track(dispatcher.ServeInstanceAsync(instance));
            }
        }

        return new TaskSettled(id.ToText("task"), outcome.Value.Reply.Status);
    }
}
