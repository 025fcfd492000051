using Foundation.Tasks.Dispatch;

namespace Foundation.Tasks;

/// <summary>Looks at the lanes that wait for a time: scheduled, running, ended.</summary>
internal sealed class TaskClocks(IStore store, TaskService tasks, SlotLedger ledger, TaskDispatcher dispatcher, Registry.IInstanceDirectory directory)
{
    private const int RowsPerPage = 30;
    private const int PagesMax = 200;

    /// <summary>Promotes every scheduled task of the shard that is due.</summary>
    public ValueTask PromoteAsync(Shard shard, CancellationToken ct) =>
        EachDueAsync(shard, TaskLanes.Scheduled, stored => LookAsync(stored, ct), ct);

    /// <summary>Ends what ran out of its lease, its time-out or the patience with a cancellation.</summary>
    public ValueTask LookAtRunningAsync(Shard shard, string lane, CancellationToken ct) =>
        EachDueAsync(shard, lane, stored => LookAtAttemptAsync(stored, ct), ct);

    /// <summary>Deletes what has been kept long enough.</summary>
    public ValueTask DeleteEndedAsync(Shard shard, string lane, CancellationToken ct) =>
        EachDueAsync(shard, lane, stored => tasks.DeleteAsync(stored, ct), ct);

    /// <summary>All attempts that rows say an instance has.</summary>
    public async IAsyncEnumerable<StoredTask> RunningAtAsync(string instance, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (var number = 0; number < store.Shards; number++)
        {
            var shard = new Shard(TaskTables.Work, number);
            string? cursor = null;
            do
            {
                var page = await store.ListDueAsync(shard, new LaneRange(TaskLanes.Running(instance)), new Listing(RowsPerPage, cursor), ct);
                foreach (var row in page.Items)
                {
                    var task = TaskRows.Read(row);
                    if (task.Current?.Instance == instance)
                    {
                        yield return new StoredTask(shard, row, task);
                    }
                }

                cursor = page.Next;
            }
            while (cursor is not null);
        }
    }

    private async ValueTask<bool> LookAsync(StoredTask stored, CancellationToken ct) =>
        (await tasks.ApplyAsync(Caller.System, stored.Task.Id, new TaskCommand.Look(), null, stored, ct)).Ok;

    private async ValueTask<bool> LookAtAttemptAsync(StoredTask stored, CancellationToken ct)
    {
        var before = stored.Task.Current;
        if (!await LookAsync(stored, ct))
        {
            return false;
        }

        if (before is { Accepted: true, Instance: var instance })
        {
            ledger.AcceptedEnded(instance);
            if (instance.Split('/') is [var service, var name] && directory.Find(service, name) is { } found)
            {
                await dispatcher.ServeInstanceAsync(found);
            }
        }

        return true;
    }

    // A row that could not be moved stays at the head: the page is walked past it, and a page without any progress ends the look.
    private async ValueTask EachDueAsync(Shard shard, string lane, Func<StoredTask, ValueTask<bool>> look, CancellationToken ct)
    {
        for (var pages = 0; pages < PagesMax; pages++)
        {
            var until = tasks.Now.ToUnixTimeMilliseconds() + 1;
            var page = await store.ListDueAsync(shard, new LaneRange(lane, To: until), new Listing(RowsPerPage), ct);
            var looks = await Task.WhenAll(page.Items.Select(r => look(new StoredTask(shard, r, TaskRows.Read(r))).AsTask()));
            if (page.Items.Count < RowsPerPage || !looks.Any(moved => moved))
            {
                return;
            }
        }
    }
}
