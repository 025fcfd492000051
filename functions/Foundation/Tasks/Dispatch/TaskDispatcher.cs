using Foundation.Registry;
using Microsoft.Extensions.Logging;

namespace Foundation.Tasks.Dispatch;

/// <summary>
/// Brings slots and rows together. A slot that has begun goes on with the next row by itself; where wake-ups come from a broker,
/// for as long as <see cref="HostProfile.WorkPerWakeUp"/> allows.
/// </summary>
internal sealed class TaskDispatcher(
    IStore store, ICarrier carrier, TaskService tasks, SlotLedger ledger, LaneReader lanes, AttemptRunner runner, IInstanceDirectory directory,
    WorkTracker tracker, HostProfile profile, TimeProvider time, ILogger<TaskDispatcher> logger)
    : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _drained = new();
    private volatile bool _draining;

    /// <summary>Takes no new work; what is under way goes on.</summary>
    public void Drain()
    {
        _draining = true;
        _drained.Cancel();
    }

    /// <summary>Ends what is under way.</summary>
    public void Stop() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _drained.Dispose();
    }

    /// <summary>A queued row, or a lane that holds some, wants slots. Returns when what it started here is done, or is tracked.</summary>
    public async ValueTask WakeQueuedAsync(WakeUp wakeUp, CancellationToken ct)
    {
        if (_draining || !TaskLanes.TryParseQueued(wakeUp.Lane, out var queue, out var targetKey, out var priority, out _))
        {
            return;
        }

        await directory.RefreshAsync(ct);
        if (wakeUp.Key is not { } key)
        {
            ledger.Note(wakeUp.Shard, wakeUp.Lane, targetKey, priority);
            await ServeAsync(targetKey);
            return;
        }

        var slot = ledger.ReserveOrWait(wakeUp.Shard, wakeUp.Lane, targetKey, queue, priority);
        if (slot is null)
        {
            return;
        }

        var row = wakeUp.Row;
        if (lanes.TryClaim(key.ResourceId))
        {
            row ??= await store.FindAsync(wakeUp.Shard, key, ct);
        }
        else
        {
            row = null;
        }

        await RunOrTrackAsync(RunSlotAsync(slot, wakeUp.Shard, row, key.ResourceId));
    }

    /// <summary>A slot for a task that is about to be stored, or null. Only where one process owns all rows.</summary>
    public InstanceSlots? ReserveAhead(AgentTask task) =>
        profile.SingleProcess && !_draining ? ledger.ReserveAhead(TaskLanes.TargetKey(task.Target), task.Queue) : null;

    /// <summary>The state of a task that starts with its own creation.</summary>
    public AgentTask StartAhead(AgentTask task, InstanceSlots slot)
    {
        var decision = TaskDecider.Decide(task, runner.StartCommand(task, slot.Instance), tasks.RulesOf(task), tasks.Now);
        return ((TaskDecision.Accepted)decision).State;
    }

    /// <summary>Goes on with a task that was stored as started.</summary>
    public void RunAhead(InstanceSlots slot, StoredTask started) => tracker.Track(RunStartedAsync(slot, started));

    /// <summary>Gives a reserved slot back unused.</summary>
    public void ReleaseAhead(InstanceSlots slot) => tracker.Track(ContinueAsync(slot, time.GetUtcNow()));

    /// <summary>Fills the free slots of a target from its waiting lanes.</summary>
    public async ValueTask ServeAsync(string targetKey)
    {
        while (!_draining && ledger.ReserveForWaiting(targetKey) is var (slot, lane))
        {
            await RunOrTrackAsync(RunLaneAsync(slot, lane));
            if (!profile.SingleProcess)
            {
                return;
            }
        }
    }

    /// <summary>An instance has room again: a 202 attempt ended, or it came up.</summary>
    public async ValueTask ServeInstanceAsync(Instance instance)
    {
        foreach (var key in SlotLedger.KeysOf(instance))
        {
            await ServeAsync(key);
        }
    }

    // In one process the channel's pump must not wait for a push; behind a broker the invocation is the work.
    private async ValueTask RunOrTrackAsync(ValueTask work)
    {
        if (profile.SingleProcess)
        {
            tracker.Track(work);
        }
        else
        {
            await work;
        }
    }

    private async ValueTask RunLaneAsync(InstanceSlots slot, LaneQueue lane)
    {
        await GuardAsync(slot, async () =>
        {
            var row = await lanes.TakeAsync(lane, _stopping.Token);
            var began = time.GetUtcNow();
            if (row is null || await RunRowAsync(slot, lane.Shard, row, row.Key.ResourceId))
            {
                await ContinueAsync(slot, began);
            }
        });
    }

    private async ValueTask RunSlotAsync(InstanceSlots slot, Shard shard, Row? row, ResourceId claimed)
    {
        await GuardAsync(slot, async () =>
        {
            var began = time.GetUtcNow();
            if (row is null || await RunRowAsync(slot, shard, row, claimed))
            {
                await ContinueAsync(slot, began);
            }
        });
    }

    private async ValueTask RunStartedAsync(InstanceSlots slot, StoredTask started)
    {
        // The submitter's answer goes first.
        await Task.Yield();
        await GuardAsync(slot, async () =>
        {
            var began = time.GetUtcNow();
            if (await FinishAsync(slot, started))
            {
                await ContinueAsync(slot, began);
            }
        });
    }

    // Whatever goes wrong, the slot is given back: the row tells what is true, and its clocks find it.
    private async ValueTask GuardAsync(InstanceSlots slot, Func<ValueTask> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The host stops: the rows of what was under way are found by the next start.
        }
#pragma warning disable CA1031 // A slot's loop has no caller; its failure must not end the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.SlotFailed(slot.Instance.FullName, e);
            ledger.Block(slot, null, "an error inside the dispatcher");
            ledger.NextOrRelease(slot, stop: true);
            tracker.Track(ServeAfterAsync(slot));
        }
    }

    private async ValueTask ContinueAsync(InstanceSlots slot, DateTimeOffset began)
    {
        while (true)
        {
            var over = profile.WorkPerWakeUp is { } limit && time.GetUtcNow() - began > limit;
            var lane = ledger.NextOrRelease(slot, _draining || over);
            if (lane is null)
            {
                if (over)
                {
                    await WakeOthersAsync(slot);
                }

                return;
            }

            var row = await lanes.TakeAsync(lane, _stopping.Token);
            if (row is not null && !await RunRowAsync(slot, lane.Shard, row, row.Key.ResourceId))
            {
                return;
            }
        }
    }

    // True: the slot is free again and looks for more. False: it was given away inside.
    private async ValueTask<bool> RunRowAsync(InstanceSlots slot, Shard shard, Row row, ResourceId claimed)
    {
        StoredTask? started;
        try
        {
            var task = TaskRows.Read(row);
            started = task.Status == AgentTaskStatus.Queued
                ? await runner.TryStartAsync(new StoredTask(shard, row, task), slot.Instance, _stopping.Token)
                : null;
        }
        finally
        {
            lanes.Release(claimed);
        }

        return started is not { } attempt || await FinishAsync(slot, attempt);
    }

    private async ValueTask<bool> FinishAsync(InstanceSlots slot, StoredTask started)
    {
        if (!profile.SingleProcess)
        {
            await WakeOthersAsync(slot);
        }

        switch (await runner.RunAsync(started, slot, _stopping.Token))
        {
            case SlotFate.Kept:
                ledger.BecameAccepted(slot);
                return true;
            case SlotFate.Blocked:
                await LookAgainAsync(slot, started);
                return true;
            default:
                return true;
        }
    }

    // Behind a broker one wake-up starts one row at a time: while more rows wait and slots are free, others are called.
    private async ValueTask WakeOthersAsync(InstanceSlots slot)
    {
        foreach (var key in slot.Keys)
        {
            if (ledger.PeekWaiting(key) is { } lane && ledger.HasSlot(key))
            {
                await TrySendAsync(new WakeUp(lane.Shard, lane.Lane, tasks.Now.ToUnixTimeMilliseconds(), Promptness.Prompt));
                return;
            }
        }
    }

    // A refusal that knows its end: somebody looks then, so that nobody waits for a sweep.
    private async ValueTask LookAgainAsync(InstanceSlots slot, StoredTask task)
    {
        if (profile.SingleProcess)
        {
            tracker.Track(ServeAfterAsync(slot));
            return;
        }

        await TrySendAsync(new WakeUp(
            task.Shard, TaskLanes.Queued(task.Task), slot.BlockedUntil.ToUnixTimeMilliseconds(), Promptness.Prompt));
    }

    private async ValueTask ServeAfterAsync(InstanceSlots slot)
    {
        try
        {
            // Timers count whole milliseconds and may ring a little early; the block may have grown meanwhile.
            for (var wait = slot.BlockedUntil - time.GetUtcNow(); wait > TimeSpan.Zero; wait = slot.BlockedUntil - time.GetUtcNow())
            {
                await Task.Delay(wait + TimeSpan.FromMilliseconds(1), time, _drained.Token);
            }

            await ServeInstanceAsync(slot.Instance);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async ValueTask TrySendAsync(WakeUp wakeUp)
    {
        try
        {
            await carrier.SendAsync(new[] { wakeUp }, _stopping.Token);
        }
#pragma warning disable CA1031 // A wake-up may be lost: the sweeper finds its lane.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.WakeUpNotSent(wakeUp.Lane, e);
        }
    }
}
