using Microsoft.Extensions.Hosting;

namespace Foundation;

/// <summary>Brings the core to life in order: rooms known, identity read, ids ready. Other workers start after it.</summary>
public sealed class FoundationHost(
    RoomDirectory directory, IEnumerable<IRoom> rooms, DeploymentIdentity identity, IdFactory ids, IStore store, HostProfile profile) : IHostedLifecycleService
{
    private readonly Lock _gate = new();
    private Task? _loading;

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        directory.Fill(rooms);
        if (!profile.LoadsAtFirstUse)
        {
            await EnsureLoadedAsync(cancellationToken);
        }

        Ready = true;
    }

    /// <summary>Whether requests can be answered.</summary>
    public bool Ready { get; private set; }

    /// <summary>
    /// Reads what the core needs of the store, once; whoever comes meanwhile waits for the same read. After a failure
    /// (<see cref="StoreUnavailableException"/>) the next caller reads again.
    /// </summary>
    public ValueTask EnsureLoadedAsync(CancellationToken ct) => ids.Initialized ? ValueTask.CompletedTask : new ValueTask(LoadOnceAsync(ct));

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        Ready = false;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task LoadOnceAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (_loading is null or { IsCompleted: true, IsCompletedSuccessfully: false })
            {
                // Without the token of the one who came first: the others wait for the same read.
                _loading = LoadAsync(CancellationToken.None);
            }

            return _loading.WaitAsync(ct);
        }
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        var key = await identity.LoadAsync(ct);
        var greatest = await GreatestMillisecondAsync(ct);
        ids.Initialize(key, greatest);
    }

    // After a restart the clock may stand before the newest stored id. With several processes the random bits of an id
    // keep them apart, and a read of every shard would slow each cold start.
    private async ValueTask<long> GreatestMillisecondAsync(CancellationToken ct)
    {
        var greatest = 0L;
        if (!profile.SingleProcess)
        {
            return greatest;
        }

        foreach (var table in directory.Rooms.SelectMany(r => r.Info.Tables).Where(t => t.Keys == KeyForm.Id))
        {
            for (var number = 0; number < store.Shards; number++)
            {
                var newest = await store.ListAsync(new Shard(table.Space, number), new KeyRange(table), new Listing(1, Descending: true), ct);
                greatest = newest.Items is [var row] ? Math.Max(greatest, row.Key.ResourceId.Milliseconds) : greatest;
            }
        }

        return greatest;
    }
}
