using Foundation.Conformance.Blobs;
using Foundation.Conformance.Entities;
using Foundation.Conformance.Store;
using Foundation.Protocols;
using Foundation.Protocols.Memory;

namespace Foundation.Conformance.Memory;

public abstract class MemoryStoreConformance(int shards) : StoreConformance(shards)
{
    protected override ValueTask<IStore> CreateStoreAsync(int shards) => new(new MemoryStore(shards));
}

public sealed class MemoryStoreOneShard() : MemoryStoreConformance(1);

public sealed class MemoryStoreSixteenShards() : MemoryStoreConformance(16);

public sealed class MemoryBlobsTests : BlobsConformance
{
    protected override ValueTask<IBlobs> CreateBlobsAsync() => new(new MemoryBlobs());
}

public sealed class MemoryEntitiesTests : RowEntitiesConformance
{
    protected override ValueTask<IStore> CreateStoreAsync() => new(new MemoryStore(4));
}
