using Foundation.Embedded.Hosting;
using Foundation.Tasks.Delivery;

namespace Foundation.Embedded.Cli;

/// <summary>Runs the host until it is told to stop.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(GivenSettings given)
    {
        var settings = FoundationCommand.Merge(given);
        await using var app = EmbeddedHost.Build(settings);
        await app.StartAsync();
        Announce(app.Services, settings);
        await app.WaitForShutdownAsync();
        AddressFile.Delete(settings);
        return 0;
    }

    private static void Announce(IServiceProvider services, EmbeddedSettings settings)
    {
        var addresses = services.GetRequiredService<BoundAddresses>().All;
        AddressFile.Write(settings, (services.GetRequiredService<BoundAddresses>().Loopback?.ToString() ?? addresses[0]).TrimEnd('/'));
        services.GetRequiredService<PublicAddress>().Url ??= new Uri(addresses[0]);
        var keysNeeded = services.GetRequiredService<BindingGuard>().KeysNeeded;
        if (settings.Log == LogForm.Json)
        {
            var place = settings.KeepsData ? settings.Data : EmbeddedSettings.InMemory;
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Foundation.Embedded")
                .Started(FoundationCommand.Version, string.Join(' ', addresses), place, keysNeeded);
            return;
        }

        Console.WriteLine(Banner.Of(settings, addresses, keysNeeded, FoundationCommand.Version));
    }
}

/// <summary>Event ids 1600–1649.</summary>
internal static partial class EmbeddedLog
{
    [LoggerMessage(1600, LogLevel.Information, "Foundation {Version} listens on {Addresses}, data in {Data}, keys needed: {KeysNeeded}")]
    public static partial void Started(this ILogger logger, string version, string addresses, string data, bool keysNeeded);
}
