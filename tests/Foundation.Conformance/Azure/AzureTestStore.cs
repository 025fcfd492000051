using Azure.Core.Pipeline;
using Foundation.Azure;
using Foundation.Azure.Blobs;
using Foundation.Azure.Tables;
using Foundation.Kernel;
using Foundation.Protocols;

namespace Foundation.Conformance.Azure;

/// <summary>Adapters on the assembly's Azurite, each with names of its own.</summary>
internal static class AzureTestStore
{
    public static async ValueTask<AzureTablesStore> CreateAsync(int shards, string? prefix = null, params HttpPipelinePolicy[] policies)
    {
        var clients = AzureStorageClients.Connect(await AzuriteServer.ConnectionAsync(), policies);
        prefix ??= AzuriteServer.NewPrefix();
        var options = new AzureTablesOptions
        {
            TablePrefix = prefix,
            BodiesContainer = prefix + "-bodies",
            Shards = shards,
            WatchEvery = TimeSpan.FromMilliseconds(20),
            WatchEveryMax = TimeSpan.FromMilliseconds(50),
        };
        return new AzureTablesStore(clients, new TableCatalog(), options, RandomSource.System, TimeProvider.System);
    }

    public static async ValueTask<IBlobs> CreateBlobsAsync(params HttpPipelinePolicy[] policies)
    {
        var clients = AzureStorageClients.Connect(await AzuriteServer.ConnectionAsync(), policies);
        return new AzureBlobs(clients.Blobs.GetBlobContainerClient(AzuriteServer.NewPrefix() + "-blobs"), RandomSource.System);
    }
}
