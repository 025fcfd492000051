using Foundation.Registry.View;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Foundation.Registry;

/// <summary>Reads the registry before the first request is served; where the store cannot answer yet, the first use reads it.</summary>
internal sealed class RegistryWarmUp(RegistryLoader loader, HostProfile profile, ILogger<RegistryWarmUp> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (profile.LoadsAtFirstUse)
        {
            return;
        }

        try
        {
            await loader.EnsureLoadedAsync(cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            logger.NotRead(e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
