using Foundation.Registry.Health;
using Foundation.Registry.Leases;
using Foundation.Registry.View;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Foundation.Registry;

/// <summary>Who is there, what they can do, and whether they can be given work.</summary>
public static class RegistryServices
{
    /// <summary>Adds the registry.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">Knobs; the defaults when null.</param>
    public static FoundationBuilder AddRegistry(this FoundationBuilder builder, RegistryOptions? options = null)
    {
        var knobs = options ?? new RegistryOptions();
        if (knobs.Fault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        var services = builder.Services;
        services.TryAddSingleton(knobs);
        services.TryAddSingleton<RegistryInstruments>();
        services.TryAddSingleton<LeaseClock>();
        services.TryAddSingleton<LeaseDeadlines>();
        services.TryAddSingleton<RegistryView>();
        services.TryAddSingleton<RegistryLoader>();
        services.TryAddSingleton<IInstanceDirectory, InstanceDirectory>();
        services.TryAddSingleton<ServiceHealthDecider>();
        services.TryAddSingleton<InstanceHealthReporter>();
        services.TryAddSingleton<IInstanceHealthReporter>(provider => provider.GetRequiredService<InstanceHealthReporter>());
        services.TryAddSingleton<InstanceChecks>();
        services.TryAddSingleton<RegistryRows>();
        services.TryAddSingleton<RegistryService>();
        services.TryAddSingleton<IPollingInstances>(provider => provider.GetRequiredService<RegistryService>());
        services.TryAddSingleton<RegistryReads>();
        services.TryAddSingleton<RegistryPicks>();
        services.TryAddSingleton<RegistryWatch>();
        services.TryAddSingleton<LeaseSweep>();
        services.TryAddSingleton<RegistryEndpoints>();
        services.AddHostedService<RegistryWarmUp>();
        return builder.AddRoom<RegistryRoom>();
    }
}

/// <summary>The room of services and instances.</summary>
internal sealed class RegistryRoom(
    RegistryEndpoints endpoints,
    LeaseSweep sweep,
    RegistryLoader loader,
    InstanceHealthReporter reporter,
    ServiceHealthDecider health,
    HostProfile profile) : IRoom
{
    public RoomInfo Info { get; } = new("registry")
    {
        Lanes = [new LaneFamily(RegistryTables.LanePrefix, Promptness.Sweep)],
        Tables = [RegistryTables.Instances, RegistryTables.Leases],
        Entities = [health],
        Errors = RegistryErrors.All,
        Features = ["registry", "instances.pick"],
    };

    public void Map(IEndpointRouteBuilder routes) => endpoints.Map(routes);

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => sweep.LookAsync(wakeUp.Shard, wakeUp.Lane, ct);

    // Nobody posts to the registry: what changes it are requests and the clock.
    public ValueTask ReceiveAsync(Post post, CancellationToken ct) =>
        throw new NotSupportedException($"The registry does not receive '{post.To.Verb}'");

    public async ValueTask TickAsync(JobGroup group, CancellationToken ct)
    {
        if (group != JobGroup.HealthChecks)
        {
            return;
        }

        await reporter.FlushAsync(ct);
        if (profile.SingleProcess)
        {
            await sweep.LookAtViewAsync(ct);
        }
        else
        {
            await loader.RefreshAsync(ct);
        }
    }
}
