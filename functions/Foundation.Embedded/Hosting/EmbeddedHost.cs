using Foundation.Api;
using Foundation.Configuration;
using Foundation.Embedded.Samples;
using Foundation.Security;
using Foundation.Tasks.Delivery;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Foundation.Embedded.Hosting;

/// <summary>Composes the host: the core in one process, all rooms, Kestrel.</summary>
internal static class EmbeddedHost
{
    /// <summary>How long a stop may drain; the whole stop takes at most a few seconds more.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    public static WebApplication Build(EmbeddedSettings settings)
    {
        // The empty builder reads no appsettings.json of whatever folder one happens to stand in, and starts faster.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "foundation",
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.Configuration.AddOpenTelemetryVariables();
        AddLogs(builder.Logging, settings.Log);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        builder.WebHost.UseUrls([.. settings.Addresses.Select(a => a.Url)]);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopPatience);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<IHostLifetime, ForegroundLifetime>();
        AddCore(builder.Services, settings);
        // After the core, which reads the store; before Kestrel, which binds.
        builder.Services.AddSingleton<BindingGuard>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<BindingGuard>());
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

    /// <summary>The core with all rooms on this folder, without a server: what the offline commands use.</summary>
    public static void AddCore(IServiceCollection services, EmbeddedSettings settings)
    {
        EmbeddedStore.Add(services, settings);
        // Known before the first delivery, except where the system chooses the port.
        services.AddSingleton(new PublicAddress { Url = settings.PublicUrl ?? KnownAddress(settings) });
        var foundation = services.AddFoundation(HostProfile.Embedded).AddAllRooms().UseInProcessWorkers();
        if (settings.ConfigFolder is { } documents)
        {
            foundation.UseConfigDirectory(documents);
        }

        services.Configure<SecurityOptions>(o =>
        {
            o.OpenOnLoopback = true;
            o.BootstrapKey = settings.BootstrapKey;
            o.SecretsFolder = settings.SecretsFolder;
        });
    }

    private static Uri? KnownAddress(EmbeddedSettings settings) =>
        settings.Addresses is [{ Port: not 0 } first, ..] ? new Uri(BoundAddresses.Reachable(first.Url)) : null;

    private static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 10_000;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 1_000;
        kestrel.Limits.MaxRequestHeaderCount = 100;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MaxRequestLineSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        // Endpoints bound their bodies to 1 MiB unless they say more; nothing takes more than this.
        kestrel.Limits.MaxRequestBodySize = 16 * 1024 * 1024;
    }

    private static void AddLogs(ILoggingBuilder logging, LogForm form)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        // A start that fails is told in one sentence by the command, not twice and with a stack.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFoundationConsole(json: form == LogForm.Json);
    }
}
