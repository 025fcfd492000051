using Foundation.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Foundation;

/// <summary>Composes a host: the core's workers, then rooms, then the host's implementations of the ports.</summary>
public sealed class FoundationBuilder
{
    internal FoundationBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Adds a room once.</summary>
    public FoundationBuilder AddRoom<TRoom>()
        where TRoom : class, IRoom
    {
        Services.TryAddSingleton<TRoom>();
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IRoom, TRoom>(provider => provider.GetRequiredService<TRoom>()));
        return this;
    }

    /// <summary>One process: wake-ups by a channel, jobs by timers, entities as rows.</summary>
    public FoundationBuilder UseInProcessWorkers()
    {
        Services.TryAddSingleton<InProcessCarrier>();
        Services.TryAddSingleton<ICarrier>(provider => new DeferredCarrier(provider.GetRequiredService<InProcessCarrier>));
        Services.TryAddSingleton<IEntities, RowEntities>();
        Services.AddHostedService<InProcessWorkers>();
        return this;
    }

    // The carrier brings wake-ups to rooms, and rooms commit through the carrier: the knot is cut at the first use.
    private sealed class DeferredCarrier(Func<InProcessCarrier> carrier) : ICarrier
    {
        private readonly Lazy<InProcessCarrier> _carrier = new(carrier);

        public bool CarriesSweeps => true;

        public ValueTask SendAsync(ReadOnlyMemory<WakeUp> wakeUps, CancellationToken ct) => _carrier.Value.SendAsync(wakeUps, ct);
    }
}

/// <summary>Entry of the composition.</summary>
public static class FoundationServices
{
    /// <summary>Adds the core without any room. The host adds <see cref="IStore"/>, <see cref="ICarrier"/>, <see cref="IEntities"/> and <see cref="IBlobs"/>.</summary>
    public static FoundationBuilder AddFoundation(this IServiceCollection services, HostProfile profile)
    {
        services.AddMetrics();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(RandomSource.System);
        services.AddSingleton(profile);
        services.AddSingleton<IdFactory>();
        services.AddSingleton<CommitIds>();
        services.AddSingleton<RoomDirectory>();
        services.AddSingleton<WorkersInstruments>();
        services.AddSingleton<WorkTracker>();
        services.AddSingleton<Courier>();
        services.AddSingleton<Committer>();
        services.AddSingleton<Waker>();
        services.AddSingleton<Sweeper>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<DeploymentIdentity>();
        services.AddSingleton<FoundationHost>();
        services.AddFoundationApi();
        services.AddHostedService(provider => provider.GetRequiredService<FoundationHost>());
        return new FoundationBuilder(services).AddRoom<ApiRoom>();
    }
}
