using Foundation.Conformance.Blobs;
using Foundation.Conformance.Entities;
using Foundation.Conformance.Store;
using Foundation.Embedded.Sqlite;
using Foundation.Protocols;

namespace Foundation.Conformance.Sqlite;

public abstract class SqliteStoreConformance(int shards) : StoreConformance(shards)
{
    private readonly SqliteFolder _folder = new();

    protected override int ReadRounds => 400;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override ValueTask<IStore> CreateStoreAsync(int shards) => new(_folder.Open(o => o.Shards = shards));
}

public sealed class SqliteStoreOneShard() : SqliteStoreConformance(1);

public sealed class SqliteStoreSixteenShards() : SqliteStoreConformance(16);

public sealed class SqliteEntitiesTests : RowEntitiesConformance
{
    private readonly SqliteFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override ValueTask<IStore> CreateStoreAsync() => new(_folder.Open());
}

public sealed class SqliteBlobsTests : BlobsConformance
{
    private readonly SqliteFolder _folder = new();
    private SqliteStore? _store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _store?.Dispose();
        _folder.Dispose();
    }

    protected override ValueTask<IBlobs> CreateBlobsAsync() => new(new SqliteBlobs(_store = _folder.Open()));
}
