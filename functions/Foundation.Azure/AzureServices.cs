using Azure.Core;
using Azure.Identity;
using Foundation.Azure.Blobs;
using Foundation.Azure.StorageQueues;
using Foundation.Azure.Tables;
using Foundation.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Foundation.Azure;

/// <summary>Names in the storage account.</summary>
public sealed record AzureStorageOptions
{
    /// <summary>How rows stand in tables.</summary>
    public AzureTablesOptions Tables { get; init; } = new();

    /// <summary>The container of archives and snapshots. Default: foundation.</summary>
    public string BlobsContainer { get; init; } = "foundation";

    /// <summary>Starts the name of each Storage Queue. Default: foundation-.</summary>
    public string QueuePrefix { get; init; } = "foundation-";
}

/// <summary>Puts the ports of a host on an Azure storage account.</summary>
public static class AzureServices
{
    /// <summary>
    /// Store and blobs by the settings <see cref="AzureSettings.TablesUri"/>, <see cref="AzureSettings.BlobsUri"/> and <see
    /// cref="AzureSettings.ClientId"/>.
    /// </summary>
    public static IServiceCollection AddAzureStorage(
        this IServiceCollection services, IConfiguration configuration, AzureStorageOptions? options = null)
    {
        services.TryAddSingleton<TokenCredential>(_ => Credential(configuration[AzureSettings.ClientId]));
        services.TryAddSingleton(provider => AzureStorageClients.Connect(
            Endpoint(configuration, AzureSettings.TablesUri),
            Endpoint(configuration, AzureSettings.BlobsUri),
            provider.GetRequiredService<TokenCredential>()));
        return services.AddPorts(options);
    }

    /// <summary>Store and blobs by clients that the host made.</summary>
    public static IServiceCollection AddAzureStorage(
        this IServiceCollection services, AzureStorageClients clients, AzureStorageOptions? options = null)
    {
        services.AddSingleton(clients);
        return services.AddPorts(options);
    }

    /// <summary>
    /// Wake-ups by Storage Queues, polled by this process. Needs a store of <see cref="AddAzureStorage(IServiceCollection,
    /// AzureStorageClients, AzureStorageOptions?)"/>.
    /// </summary>
    public static IServiceCollection AddStorageQueues(this IServiceCollection services, StorageQueuePumpOptions? options = null)
    {
        services.AddSingleton<WakeUpBell>();
        services.AddSingleton(provider => new StorageQueueCarrier(
            provider.GetRequiredService<AzureStorageClients>().FindQueues
                ?? throw new InvalidOperationException("The storage clients were made without queues"),
            provider.GetRequiredService<AzureStorageOptions>().QueuePrefix,
            provider.GetRequiredService<WakeUpBell>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ICarrier>(provider => provider.GetRequiredService<StorageQueueCarrier>());
        services.AddHostedService(provider => new StorageQueuePump(
            provider.GetRequiredService<StorageQueueCarrier>(),
            provider.GetRequiredService<WakeUpCodec>(),
            provider.GetRequiredService<Waker>().WakeAsync,
            provider.GetRequiredService<WakeUpBell>(),
            options ?? new StorageQueuePumpOptions(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StorageQueuePump>>()));
        return services;
    }

    private static IServiceCollection AddPorts(this IServiceCollection services, AzureStorageOptions? options)
    {
        options ??= new AzureStorageOptions();
        services.AddSingleton(options);
        services.AddSingleton(provider =>
        {
            var directory = provider.GetRequiredService<RoomDirectory>();
            return new TableCatalog(() => directory.Rooms.SelectMany(r => r.Info.Tables));
        });
        services.AddSingleton<WakeUpCodec>();
        services.AddSingleton(provider => new AzureTablesStore(
            provider.GetRequiredService<AzureStorageClients>(),
            provider.GetRequiredService<TableCatalog>(),
            options.Tables,
            provider.GetRequiredService<RandomSource>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IStore>(provider => provider.GetRequiredService<AzureTablesStore>());
        services.AddSingleton<IBlobs>(provider => new AzureBlobs(
            provider.GetRequiredService<AzureStorageClients>().Blobs.GetBlobContainerClient(options.BlobsContainer),
            provider.GetRequiredService<RandomSource>()));
        return services;
    }

    // On Azure the one identity, named: the chain of a developer's credentials would try others first, slowly.
    private static TokenCredential Credential(string? clientId) => string.IsNullOrEmpty(clientId)
        ? new DefaultAzureCredential()
        : new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId));

    private static Uri Endpoint(IConfiguration configuration, string name) =>
        Uri.TryCreate(configuration[name], UriKind.Absolute, out var uri)
            ? uri
            : throw new InvalidOperationException($"{name} is not set to an endpoint: it says '{configuration[name]}'");
}
