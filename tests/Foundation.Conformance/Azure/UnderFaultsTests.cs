using Foundation.Conformance.Blobs;
using Foundation.Conformance.Store;
using Foundation.Kernel;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Azure;

/// <summary>
/// The whole suite while five calls in a hundred lose their reply or meet a busy service. That some outcomes may then be unknown is
/// allowed and rare: a row was deleted, or written eight times, while one caller waited for an answer that never came.
/// </summary>
public sealed class AzureStoreUnderFaults() : StoreConformance(4)
{
    private const double Share = 0.05;

    protected override int Racers => 6;

    protected override (int Steps, int Runs) ModelSize => (30, 3);

    protected override async ValueTask<IStore> CreateStoreAsync(int shards)
    {
        // By name, so that a test meets the same faults in every run as long as it makes its calls in the same order.
        var seed = (int)StableHash.Of(TestContext.Current.TestMethod?.MethodName ?? "");
        var faults = new StorageFaults { Choose = StorageFaults.Randomly(seed, Share) };
        return await AzureTestStore.CreateAsync(shards, null, faults);
    }
}

/// <summary>The same for blobs. A delete whose reply was lost finds nothing when it is tried again, and says so.</summary>
public sealed class AzureBlobsUnderFaults : BlobsConformance
{
    private static int _seed = 100;

    protected override ValueTask<IBlobs> CreateBlobsAsync() => AzureTestStore.CreateBlobsAsync(new StorageFaults
    {
        Choose = StorageFaults.Randomly(Interlocked.Increment(ref _seed), 0.2),
        Applies = static call => !call.StartsWith("DELETE", StringComparison.Ordinal),
    });
}
