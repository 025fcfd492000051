using Foundation.Registry;
using Foundation.Tasks.Dispatch;

namespace Foundation.Tasks;

/// <summary>
/// Brings memory and rows together: after a start the queued lanes are noted, pushes of the process that died are lost at once,
/// and attempts that agents keep are counted. Later it follows the registry.
/// </summary>
internal sealed class TaskRecovery(
    IStore store, TaskService tasks, TaskClocks clocks, SlotLedger ledger, TaskDispatcher dispatcher, AttemptRunner runner, IInstanceDirectory directory,
    WorkerIncarnation worker, WorkTracker tracker) : IDisposable
{
    private const int LanesPerPage = 500;
    private IDisposable? _subscription;
    private CancellationToken _stopping;

    /// <summary>For a process that owns all rows.</summary>
    public async ValueTask StartAsync(CancellationToken ct)
    {
        for (var number = 0; number < store.Shards; number++)
        {
            var shard = new Shard(TaskTables.Work, number);
            await foreach (var lane in LanesAsync(shard, TaskLanes.RunningPrefix, ct))
            {
                await RecoverRunningAsync(shard, lane, ct);
            }

            await foreach (var lane in LanesAsync(shard, TaskLanes.QueuedPrefix, ct))
            {
                await dispatcher.WakeQueuedAsync(new WakeUp(shard, lane, 0, Promptness.Prompt), ct);
            }
        }
    }

    /// <summary>Follows the registry from now on.</summary>
    public void Follow(CancellationToken stopping)
    {
        _stopping = stopping;
        _subscription = directory.Subscribe(e => tracker.Track(OnInstanceAsync(e)));
    }

    public void Dispose() => _subscription?.Dispose();

    private async ValueTask OnInstanceAsync(InstanceEvent e)
    {
        await Task.Yield();
        try
        {
            switch (e.Kind)
            {
                case InstanceEventKind.Available:
                    await dispatcher.ServeInstanceAsync(e.Instance);
                    break;
                case InstanceEventKind.Superseded:
                    await LoseAsync(e.Instance, _stopping);
                    break;
            }
        }
        catch (Exception e2) when (e2 is OperationCanceledException or StoreUnavailableException)
        {
            // Rows decide: the attempts' own clocks find what was not done here.
        }
    }

    // A takeover means that the process which had these attempts is gone.
    private async ValueTask LoseAsync(Instance instance, CancellationToken ct)
    {
        await foreach (var stored in clocks.RunningAtAsync(instance.FullName, ct))
        {
            if (stored.Task.Current!.Generation < instance.Generation)
            {
                var lose = new TaskCommand.Lose(stored.Task.Attempt, $"{instance.FullName} was taken over by another process");
                var lost = await tasks.ApplyAsync(Caller.System, stored.Task.Id, lose, null, stored, ct);
                if (lost.Ok && stored.Task.Current.Accepted)
                {
                    ledger.AcceptedEnded(instance.FullName);
                }

                runner.CancelPush(stored.Task.Id, stored.Task.Attempt);
            }
        }
    }

    private async ValueTask RecoverRunningAsync(Shard shard, string lane, CancellationToken ct)
    {
        var accepted = new Dictionary<string, int>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var page = await store.ListDueAsync(shard, new LaneRange(lane), new Listing(100, cursor), ct);
            foreach (var row in page.Items)
            {
                var task = TaskRows.Read(row);
                var current = task.Current!;
                if (current.Accepted)
                {
                    accepted[current.Instance] = accepted.GetValueOrDefault(current.Instance) + 1;
                }
                else if (current.Worker != worker.Name)
                {
                    var lose = new TaskCommand.Lose(task.Attempt, "the host stopped while the agent had the request");
                    await tasks.ApplyAsync(Caller.System, task.Id, lose, null, new StoredTask(shard, row, task), ct);
                }
            }

            cursor = page.Next;
        }
        while (cursor is not null);

        foreach (var (instance, count) in accepted)
        {
            ledger.Count(instance, count, 0);
        }
    }

    private async IAsyncEnumerable<string> LanesAsync(
        Shard shard, string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string? after = null;
        while (true)
        {
            var lanes = await store.LanesAsync(shard, prefix, after, LanesPerPage, ct);
            foreach (var lane in lanes)
            {
                yield return lane.Lane;
            }

            if (lanes.Count < LanesPerPage)
            {
                yield break;
            }

            after = lanes[^1].Lane;
        }
    }
}
