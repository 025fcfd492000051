using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO.Hashing;
using Foundation.Registry;
using Foundation.Retry;
using Foundation.Tasks.Delivery;
using Microsoft.Extensions.Logging;

namespace Foundation.Tasks.Dispatch;

/// <summary>What a run of an attempt means for its slot.</summary>
internal enum SlotFate
{
    /// <summary>Free again.</summary>
    Free,

    /// <summary>The agent answered 202 and keeps it.</summary>
    Kept,

    /// <summary>The instance wants to be left alone.</summary>
    Blocked,
}

/// <summary>Starts one attempt, pushes it, and settles what came of it.</summary>
internal sealed class AttemptRunner(
    TaskService tasks, TaskTokens tokens, ITaskDelivery delivery, IInstanceHealthReporter health, SlotLedger ledger, HostProfile profile,
    TimeProvider time, WorkerIncarnation worker, ILogger<AttemptRunner> logger)
{
    private static readonly TimeSpan LookForCancelEvery = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<(UInt128 Id, int Attempt), CancellationTokenSource> _pushing = [];

    /// <summary>Pushes under way in this process.</summary>
    public int Pushing => _pushing.Count;

    /// <summary>Starts a queued task for an instance; null when another was faster.</summary>
    public async ValueTask<StoredTask?> TryStartAsync(StoredTask queued, Instance instance, CancellationToken ct)
    {
        var start = StartCommand(queued.Task, instance);
        var outcome = await tasks.ApplyAsync(Caller.System, queued.Task.Id, start, null, queued, ct);
        return outcome.Ok ? outcome.Value.Stored : null;
    }

    /// <summary>How a task starts at an instance.</summary>
    public TaskCommand.Start StartCommand(AgentTask task, Instance instance)
    {
        var lease = task.Timeout < TaskLimits.PushLease ? task.Timeout : TaskLimits.PushLease;
        return new TaskCommand.Start(instance.FullName, instance.Generation, worker.Name, lease);
    }

    /// <summary>Pushes a started attempt and settles it.</summary>
    public async ValueTask<SlotFate> RunAsync(StoredTask started, InstanceSlots slot, CancellationToken stopping)
    {
        var push = (started.Task.Id.Value, started.Task.Attempt);
        using var cancelled = new CancellationTokenSource();
        _pushing[push] = cancelled;
        try
        {
            var outcome = await PushAsync(started, slot.Instance, cancelled, stopping);
            return await SettleAsync(started, slot, outcome, stopping);
        }
        finally
        {
            _pushing.TryRemove(push, out _);
        }
    }

    /// <summary>Closes the request of one attempt, if this process pushes it.</summary>
    public void CancelPush(ResourceId id, int attempt)
    {
        if (_pushing.TryGetValue((id.Value, attempt), out var push))
        {
            push.Cancel();
        }
    }

    /// <summary>Asks an agent that answered 202 to stop.</summary>
    public async ValueTask CancelAcceptedAsync(StoredTask stored, Instance instance, CancellationToken ct)
    {
        var confirmed = await delivery.SendCancelAsync(ToDelivery(stored, instance, default), stored.Task.Cancel?.Reason, ct);
        if (confirmed)
        {
            await tasks.ApplyAsync(Caller.System, stored.Task.Id, new TaskCommand.ConfirmCancel(stored.Task.Attempt), null, null, ct);
        }
    }

    private async ValueTask<DeliveryOutcome> PushAsync(
        StoredTask started, Instance instance, CancellationTokenSource cancelled, CancellationToken stopping)
    {
        var data = await tasks.DataOfAsync(started, stopping);
        var rest = started.Task.Current!.TimeoutAt - time.GetUtcNow();
        var within = rest < TaskLimits.PushAnswer ? rest : TaskLimits.PushAnswer;
        var sending = delivery.SendAsync(ToDelivery(started, instance, data), within, cancelled.Token, stopping);
        if (profile.SingleProcess || sending.IsCompleted)
        {
            return await sending;
        }

        // The request to cancel may be committed by another process: only the row tells.
        var push = sending.AsTask();
        while (await Task.WhenAny(push, Task.Delay(LookForCancelEvery, time, stopping)) != push && !stopping.IsCancellationRequested)
        {
            if (await tasks.FindAsync(Caller.System, started.Task.Id, stopping) is not { Task: { Status: AgentTaskStatus.Running, Cancel: null } })
            {
                await cancelled.CancelAsync();
            }
        }

        return await push;
    }

    private async ValueTask<SlotFate> SettleAsync(StoredTask started, InstanceSlots slot, DeliveryOutcome outcome, CancellationToken ct)
    {
        var attempt = started.Task.Attempt;
        Report(slot.Instance, outcome);
        switch (outcome)
        {
            case DeliveryOutcome.Completed done:
                ledger.Answered(slot);
                await ApplyAsync(started, new TaskCommand.Complete(attempt, HashOf(done.Result), !done.Result.IsEmpty, done.Usage), Result(done.Result), ct);
                return SlotFate.Free;
            case DeliveryOutcome.Accepted:
                ledger.Answered(slot);
                return await ApplyAsync(started, new TaskCommand.Accept(attempt), null, ct) ? SlotFate.Kept : SlotFate.Free;
            case DeliveryOutcome.Failed failed:
                ledger.Answered(slot);
                await ApplyAsync(started, new TaskCommand.Fail(attempt, 0, failed.Failure, failed.Problem, failed.Usage), null, ct);
                return SlotFate.Free;
            case DeliveryOutcome.Busy busy:
                ledger.Block(slot, busy.RetryAfter, busy.Reason);
                await ApplyAsync(started, new TaskCommand.Return(attempt, busy.Reason), null, ct);
                return SlotFate.Blocked;
            case DeliveryOutcome.Unreachable unreachable:
                ledger.Block(slot, null, unreachable.Reason);
                await ApplyAsync(started, new TaskCommand.Return(attempt, unreachable.Reason), null, ct);
                return SlotFate.Blocked;
            case DeliveryOutcome.Lost lost:
                ledger.Block(slot, null, lost.Reason);
                await ApplyAsync(started, new TaskCommand.Lose(attempt, lost.Reason), null, ct);
                return SlotFate.Blocked;
            case DeliveryOutcome.TimedOut late:
                await ApplyAsync(started, new TaskCommand.TimeOut(attempt, late.Reason), null, ct);
                return SlotFate.Free;
            case DeliveryOutcome.Cancelled:
                // Closed because the task was cancelled; Lose is decided as that, and as a lost attempt should it have been no more.
                await ApplyAsync(started, new TaskCommand.Lose(attempt, "the request was closed"), null, ct);
                return SlotFate.Free;
            default:
                throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "No arm settles this outcome");
        }
    }

    private async ValueTask<bool> ApplyAsync(
        StoredTask started, TaskCommand command, Func<AgentTask, ImmutableArray<Write>>? extra, CancellationToken ct)
    {
        var outcome = await tasks.ApplyAsync(Caller.System, started.Task.Id, command, extra, started, ct);
        if (!outcome.Ok)
        {
            logger.OutcomeDropped(started.Task.Id.ToText("task"), started.Task.Attempt, command.GetType().Name, outcome.Problem!.Error.Code);
        }

        return outcome.Ok;
    }

    private void Report(Instance instance, DeliveryOutcome outcome) => health.Report(instance, outcome switch
    {
        DeliveryOutcome.Unreachable => InstanceOutcome.Refused,
        DeliveryOutcome.Lost or DeliveryOutcome.TimedOut => InstanceOutcome.Failure,
        DeliveryOutcome.Failed { Failure.Class: FailureClass.Server or FailureClass.Timeout or FailureClass.Network } => InstanceOutcome.Failure,
        _ => InstanceOutcome.Success,
    });

    private AttemptDelivery ToDelivery(StoredTask stored, Instance instance, ReadOnlyMemory<byte> data)
    {
        var task = stored.Task;
        return new AttemptDelivery(
            instance, task.Id.ToText("task"), task.Type, task.Queue, task.Tenant, task.Attempt, tokens.Of(task.Id, task.Attempt), task.CreatedAt,
            data, task.TraceParent);
    }

    /// <summary>The result's row, inserted in the commit that settles.</summary>
    public static Func<AgentTask, ImmutableArray<Write>>? Result(RawJson result) => result.IsEmpty
        ? null
        : task => [new Write.Insert(TaskRows.ResultKey(task.Id), default, result.Memory, null)];

    /// <summary>Recognises the same answer when it comes again.</summary>
    public static ulong HashOf(RawJson answer) => XxHash3.HashToUInt64(answer.Span);
}

/// <summary>Names this process incarnation in rows.</summary>
internal sealed class WorkerIncarnation(RandomSource random)
{
    public string Name { get; } = $"{Environment.ProcessId:x}-{random.NextSeed():x8}{random.NextSeed():x8}";
}
