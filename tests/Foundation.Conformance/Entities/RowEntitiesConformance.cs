using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Workers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Foundation.Conformance.Entities;

/// <summary>Entities as rows of a store: each backend names the store.</summary>
public abstract class RowEntitiesConformance : EntitiesConformance
{
    private IStore? _store;

    protected abstract ValueTask<IStore> CreateStoreAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_store is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else
        {
            (_store as IDisposable)?.Dispose();
        }
    }

    protected override async ValueTask<IEntities> CreateEntitiesAsync()
    {
        _store = await CreateStoreAsync();
        var directory = new RoomDirectory();
        directory.Fill([new AdderRoom()]);
        var ids = new CommitIds(RandomSource.System);
        return new RowEntities(_store, directory, ids, TimeProvider.System, NullLogger<RowEntities>.Instance);
    }

    private sealed class AdderRoom : IRoom
    {
        public RoomInfo Info { get; } = new("adder") { Entities = [new Adder()] };

        public void Map(IEndpointRouteBuilder routes)
        {
        }

        public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;
    }
}
