using Foundation.Conformance.Blobs;
using Foundation.Conformance.Entities;
using Foundation.Conformance.Store;
using Foundation.Protocols;

namespace Foundation.Conformance.Azure;

public abstract class AzureStoreConformance(int shards) : StoreConformance(shards)
{
    protected override int Racers => 8;

    protected override (int Steps, int Runs) ModelSize => (40, 4);

    protected override async ValueTask<IStore> CreateStoreAsync(int shards) => await AzureTestStore.CreateAsync(shards);
}

public sealed class AzureStoreOneShard() : AzureStoreConformance(1);

public sealed class AzureStoreSixteenShards() : AzureStoreConformance(16);

public sealed class AzureBlobsTests : BlobsConformance
{
    protected override ValueTask<IBlobs> CreateBlobsAsync() => AzureTestStore.CreateBlobsAsync();
}

public sealed class AzureEntitiesTests : RowEntitiesConformance
{
    protected override async ValueTask<IStore> CreateStoreAsync() => await AzureTestStore.CreateAsync(4);
}
