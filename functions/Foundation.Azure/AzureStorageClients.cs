using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace Foundation.Azure;

/// <summary>
/// The clients of one storage account, with the retries that the adapters count on: bounded, so that a caller hears of an outage.
/// </summary>
public sealed class AzureStorageClients
{
    /// <summary>The account and key that every emulator has; no secret.</summary>
    private const string EmulatorAccount = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private AzureStorageClients(
        TableServiceClient tables, TableServiceClient tablesOnce, BlobServiceClient blobs, QueueServiceClient? queues) =>
        (Tables, TablesOnce, Blobs, FindQueues) = (tables, tablesOnce, blobs, queues);

    /// <summary>Tables, for reads.</summary>
    public TableServiceClient Tables { get; }

    /// <summary>
    /// Tables without retries, for commits: whoever tries a transaction again must know that a try before it may have been stored.
    /// </summary>
    public TableServiceClient TablesOnce { get; }

    /// <summary>Blobs.</summary>
    public BlobServiceClient Blobs { get; }

    /// <summary>Queues, where the host carries wake-ups by them.</summary>
    public QueueServiceClient? FindQueues { get; }

    /// <summary>By connection string: an emulator, or an account with shared keys.</summary>
    /// <param name="connection">The connection string; <c>UseDevelopmentStorage=true</c> is an emulator on its usual ports.</param>
    /// <param name="perTry">Policies that see every try of a request: tests inject faults there.</param>
    public static AzureStorageClients Connect(string connection, params HttpPipelinePolicy[] perTry) => new(
        new TableServiceClient(connection, Options(new TableClientOptions(), perTry)),
        new TableServiceClient(connection, Once(Options(new TableClientOptions(), perTry))),
        new BlobServiceClient(connection, Options(new BlobClientOptions(), perTry)),
        new QueueServiceClient(connection, Options(new QueueClientOptions(), perTry)));

    /// <summary>By endpoints and identity. Endpoints of an emulator, which has no identities, take its well-known key.</summary>
    public static AzureStorageClients Connect(Uri tables, Uri blobs, TokenCredential credential)
    {
        var blobOptions = Options(new BlobClientOptions(), []);
        return new(
            Tables(Options(new TableClientOptions(), [])),
            Tables(Once(Options(new TableClientOptions(), []))),
            IsEmulator(blobs)
                ? new BlobServiceClient(blobs, new StorageSharedKeyCredential(EmulatorAccount, EmulatorKey), blobOptions)
                : new BlobServiceClient(blobs, credential, blobOptions),
            null);

        TableServiceClient Tables(TableClientOptions options) => IsEmulator(tables)
            ? new TableServiceClient(tables, new TableSharedKeyCredential(EmulatorAccount, EmulatorKey), options)
            : new TableServiceClient(tables, credential, options);
    }

    private static TableClientOptions Once(TableClientOptions options)
    {
        options.Retry.MaxRetries = 0;
        return options;
    }

    private static bool IsEmulator(Uri uri) => uri.IsLoopback && uri.AbsolutePath.Trim('/') == EmulatorAccount;

    private static T Options<T>(T options, HttpPipelinePolicy[] perTry)
        where T : ClientOptions
    {
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = 4;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(15);
        foreach (var policy in perTry)
        {
            options.AddPolicy(policy, HttpPipelinePosition.PerRetry);
        }

        return options;
    }
}
