using Microsoft.Extensions.Hosting;

namespace Foundation;

/// <summary>Brings the core to life in order: rooms known, identity read, ids ready. Other workers start after it.</summary>
public sealed class FoundationHost(
    RoomDirectory directory, IEnumerable<IRoom> rooms, DeploymentIdentity identity, IdFactory ids, IStore store, HostProfile profile) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        directory.Fill(rooms);
        var key = await identity.LoadAsync(cancellationToken);
        var greatest = await GreatestMillisecondAsync(cancellationToken);
        ids.Initialize(key, greatest);
        Ready = true;
    }

    /// <summary>Whether requests can be answered.</summary>
    public bool Ready { get; private set; }

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
