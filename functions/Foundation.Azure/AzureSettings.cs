namespace Foundation.Azure;

/// <summary>
/// Every setting that code for Azure reads, by its name in the environment or in <c>local.settings.json</c>. The templates set exactly
/// these.
/// </summary>
public static class AzureSettings
{
    /// <summary>The table endpoint of the storage account: <c>https://x.table.core.windows.net/</c>. Holds all rows.</summary>
    public const string TablesUri = "FOUNDATION_TABLES_URI";

    /// <summary>The blob endpoint of the storage account: large bodies, archives, snapshots.</summary>
    public const string BlobsUri = "FOUNDATION_BLOBS_URI";

    /// <summary>The one vault that secret references may name; empty: none.</summary>
    public const string KeyVaultUri = "FOUNDATION_KEY_VAULT_URI";

    /// <summary>Partitions of the queue <c>default</c>, 1–16, fixed once it has tasks. Default: 8.</summary>
    public const string DefaultQueuePartitions = "FOUNDATION_DEFAULT_QUEUE_PARTITIONS";

    /// <summary>The address under which agents reach this deployment: what callbacks are built from.</summary>
    public const string PublicUrl = "FOUNDATION_PUBLIC_URL";

    /// <summary>The client id of the user-assigned identity; empty: the developer's own credentials.</summary>
    public const string ClientId = "AZURE_CLIENT_ID";

    /// <summary>The task hub of the Durable orchestrations and entities. Unchangeable once runs exist.</summary>
    public const string TaskHubName = "TASKHUB_NAME";

    /// <summary>Where telemetry goes; empty: nowhere.</summary>
    public const string ApplicationInsights = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>The Service Bus namespace: the name of the triggers' connection, and locally a connection string.</summary>
    public const string ServiceBusConnection = "ServiceBusConnection";

    /// <summary>The host name of the Service Bus namespace, reached by identity.</summary>
    public const string ServiceBusNamespace = ServiceBusConnection + "__fullyQualifiedNamespace";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        TablesUri, BlobsUri, KeyVaultUri, DefaultQueuePartitions, PublicUrl, ClientId, TaskHubName, ApplicationInsights,
        ServiceBusConnection, ServiceBusNamespace,
    ];
}
