using Foundation.Api;
using Foundation.Azure;
using Foundation.Azure.Tables;
using Foundation.Embedded.Hosting;
using Foundation.Embedded.Samples;
using Foundation.Security;
using Foundation.Tasks.Delivery;
using Foundation.Workers;

namespace Foundation.LocalAzure;

/// <summary>
/// Composes the host: the core with all rooms, rows in Tables, wake-ups by Storage Queues, entities as rows, jobs by timers.
/// </summary>
internal static class LocalAzureHost
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    public static WebApplication Build(LocalAzureSettings settings, string connection)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "foundation",
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        AddLogs(builder.Logging, settings.JsonLogs);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            k.Limits.MaxRequestBodySize = 16 * 1024 * 1024;
        });
        var url = $"http://127.0.0.1:{settings.Port}";
        builder.WebHost.UseUrls(url);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopPatience);
        builder.Services.AddSingleton<IHostLifetime, ForegroundLifetime>();
        builder.Services.AddSingleton(new PublicAddress { Url = settings.Port == 0 ? null : new Uri(url) });
        AddCore(builder.Services, settings, AzureStorageClients.Connect(connection));
        builder.Services.AddSingleton<BoundAddresses>();
        if (settings.Samples)
        {
            builder.Services.AddSingleton<IRoom, HelloRoom>();
            builder.Services.AddHostedService<HelloAgent>();
        }

        var app = builder.Build();
        app.UseMiddleware<StopMiddleware>();
        app.UseFoundation();
        return app;
    }

    /// <summary>Tells the core where it is reached, once that is known.</summary>
    public static IReadOnlyList<string> Announce(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<BoundAddresses>().All;
        app.Services.GetRequiredService<PublicAddress>().Url ??= new Uri(addresses[0]);
        return addresses;
    }

    /// <summary>The core with all rooms on these clients, without a server: tests pass clients that break on purpose.</summary>
    public static void AddCore(IServiceCollection services, LocalAzureSettings settings, AzureStorageClients clients)
    {
        var name = settings.Prefix.ToLowerInvariant();
        services.AddFoundation(HostProfile.Azure).AddAllRooms();
        services.AddAzureStorage(clients, new AzureStorageOptions
        {
            Tables = new AzureTablesOptions { TablePrefix = name, BodiesContainer = name + "-bodies", Shards = settings.Shards },
            BlobsContainer = name + "-blobs",
            QueuePrefix = name + "-",
        });
        services.AddStorageQueues();
        services.AddSingleton<IEntities, RowEntities>();
        services.AddSingleton(settings);
        services.AddHostedService<LocalJobs>();
        services.Configure<SecurityOptions>(o =>
        {
            o.OpenOnLoopback = true;
            o.BootstrapKey = settings.BootstrapKey;
        });
    }

    private static void AddLogs(ILoggingBuilder logging, bool json)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        logging.AddFilter("Azure", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFoundationConsole(json);
    }
}
