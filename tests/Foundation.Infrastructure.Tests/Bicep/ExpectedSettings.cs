namespace Foundation.Infrastructure.Tests.Bicep;

/// <summary>The settings of the app, by who reads them. The template sets exactly these.</summary>
internal static class ExpectedSettings
{
    /// <summary>Read by the Functions host and its extensions, never by our code.</summary>
    public static readonly string[] Host =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "AzureWebJobsStorage__blobServiceUri",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__tableServiceUri",
        "ServiceBusConnection__clientId",
        "ServiceBusConnection__credential",
        "TASKHUB_NAME",
    ];

    /// <summary>Read by the product's own code.</summary>
    public static readonly string[] Product =
    [
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AZURE_CLIENT_ID",
        "FOUNDATION_BLOBS_URI",
        "FOUNDATION_DEFAULT_QUEUE_PARTITIONS",
        "FOUNDATION_KEY_VAULT_URI",
        "FOUNDATION_PUBLIC_URL",
        "FOUNDATION_TABLES_URI",
    ];

    /// <summary>Read by both: the triggers' connection, and the sender's.</summary>
    public static readonly string[] Shared = ["ServiceBusConnection__fullyQualifiedNamespace"];

    public static IEnumerable<string> All => Host.Concat(Product).Concat(Shared).Order(StringComparer.Ordinal);

    /// <summary>What Flex Consumption refuses or ignores: it stands in functionAppConfig, or nowhere.</summary>
    public static readonly string[] RefusedByFlex =
    [
        "ENABLE_ORYX_BUILD",
        "FUNCTIONS_EXTENSION_VERSION",
        "FUNCTIONS_MAX_HTTP_CONCURRENCY",
        "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED",
        "FUNCTIONS_WORKER_PROCESS_COUNT",
        "FUNCTIONS_WORKER_RUNTIME",
        "FUNCTIONS_WORKER_RUNTIME_VERSION",
        "SCM_DO_BUILD_DURING_DEPLOYMENT",
        "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
        "WEBSITE_CONTENTOVERVNET",
        "WEBSITE_CONTENTSHARE",
        "WEBSITE_DNS_SERVER",
        "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
        "WEBSITE_NODE_DEFAULT_VERSION",
        "WEBSITE_RUN_FROM_PACKAGE",
        "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
        "WEBSITE_TIME_ZONE",
        "WEBSITE_VNET_ROUTE_ALL",
    ];
}
