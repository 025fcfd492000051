using Azure.Core;
using Foundation.Azure;
using Foundation.Azure.Tables;
using Foundation.Functions.Entities;
using Foundation.Functions.Http;
using Foundation.Functions.Orchestrations;
using Foundation.Functions.ServiceBus;
using Foundation.Security;
using Foundation.Tasks.Delivery;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Foundation.Functions.Hosting;

/// <summary>Composes the app: the core with all rooms, its ports on Azure, and what the triggers need.</summary>
internal static class FunctionsApp
{
    /// <summary>Everything, with its connections to Azure by the settings.</summary>
    public static IServiceCollection AddFunctionsApp(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        services.AddFoundation(Profile(configuration)).AddAllRooms();
        services.AddAzureStorage(configuration);
        services.AddSingleton(provider => ServiceBusConnection.Connect(configuration, provider.GetRequiredService<TokenCredential>()));
        services.AddFunctionsShell(provider => provider.GetRequiredService<AzureTablesStore>());
        services.AddSingleton(Address(configuration));
        services.AddSingleton(provider => new BootstrapVault(
            configuration[AzureSettings.KeyVaultUri], provider.GetRequiredService<TokenCredential>(), provider.GetRequiredService<TimeProvider>()));
        services.AddOptions<SecurityOptions>().Configure<BootstrapVault>((options, vault) =>
        {
            options.FindBootstrapKey = vault.FindAsync;
            // Only on a developer's machine; behind the host of Azure no caller is on this machine anyway.
            options.OpenOnLoopback = environment.IsDevelopment();
        });
        return services;
    }

    /// <summary>The ports and triggers over clients and a store that are already there.</summary>
    internal static IServiceCollection AddFunctionsShell(this IServiceCollection services, Func<IServiceProvider, IStore> store)
    {
        services.AddSingleton<DeadLetterWatch>();
        services.AddSingleton<IStore>(provider => new WatchedStore(store(provider), provider.GetRequiredService<DeadLetterWatch>()));
        services.AddSingleton<DurableClients>();
        services.AddSingleton<RunBell>();
        services.AddSingleton<ICarrier, ServiceBusCarrier>();
        services.AddSingleton<IEntities, DurableEntities>();
        services.AddSingleton<EntityOperations>();
        services.AddSingleton<ServiceBusInstruments>();
        services.AddSingleton<MessageSettler>();
        services.AddSingleton<WakeUpHandler>();
        services.AddSingleton<DeadLetterHandler>();
        services.AddSingleton<HttpPipeline>();
        // Endpoints bound their own bodies and answer 413; Kestrel's limit would break the host's forwarding instead, which is a 500.
        services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        return services;
    }

    // The platform counts how long a process takes to start, and a new deployment's roles take minutes to hold.
    private static HostProfile Profile(IConfiguration configuration)
    {
        var azure = HostProfile.Azure with { LoadsAtFirstUse = true };
        return configuration[AzureSettings.DefaultQueuePartitions] switch
        {
            null or "" => azure,
            var text when int.TryParse(text, out var partitions) && partitions is >= 1 and <= 16 => azure with { DefaultQueuePartitions = partitions },
            var text => throw new OptionsValidationException(
                AzureSettings.DefaultQueuePartitions, typeof(int), [$"{AzureSettings.DefaultQueuePartitions} is '{text}' and not a number from 1 to 16"]),
        };
    }

    private static PublicAddress Address(IConfiguration configuration) => configuration[AzureSettings.PublicUrl] switch
    {
        null or "" => new PublicAddress(),
        var text when Uri.TryCreate(text, UriKind.Absolute, out var url) => new PublicAddress { Url = url },
        var text => throw new OptionsValidationException(AzureSettings.PublicUrl, typeof(Uri), [$"{AzureSettings.PublicUrl} is '{text}' and not a URL"]),
    };
}
