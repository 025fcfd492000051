using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Foundation.Configuration;

/// <summary>Adds the room, kinds of documents, and where written ones come from.</summary>
public static class ConfigurationServices
{
    /// <summary>Adds the room. Rooms that declare kinds add it themselves.</summary>
    public static FoundationBuilder AddConfiguration(this FoundationBuilder foundation)
    {
        if (foundation.Services.Any(service => service.ServiceType == typeof(ConfigRegistry))) return foundation;
        foundation.Services.AddSingleton<ConfigRegistry>();
        foundation.Services.AddHostedService<ConfigurationLoader>();
        return foundation.AddRoom<ConfigurationRoom>();
    }

    /// <summary>
    /// Declares a kind of documents. Its <see cref="ConfigView{TRuntime}"/> can then be injected; whoever asks for it first causes the
    /// documents to be loaded.
    /// </summary>
    public static FoundationBuilder AddKind<TDoc, TRuntime>(
        this FoundationBuilder foundation, Func<IServiceProvider, Kind<TDoc, TRuntime>> kind)
        where TDoc : class
        where TRuntime : class
    {
        foundation.AddConfiguration();
        foundation.Services.AddSingleton(kind);
        foundation.Services.AddSingleton<IKind>(provider => provider.GetRequiredService<Kind<TDoc, TRuntime>>());
        foundation.Services.AddSingleton(provider =>
        {
            provider.GetRequiredService<ConfigRegistry>().EnsureLoaded();
            return provider.GetRequiredService<Kind<TDoc, TRuntime>>().View;
        });
        return foundation;
    }

    /// <summary>
    /// Reads written documents from files: <c>DIR/&lt;kind&gt;/&lt;name&gt;.yaml</c>, <c>.yml</c> or <c>.json</c>. Faults in them
    /// stop the start with <see cref="InvalidConfigurationException"/>.
    /// </summary>
    public static FoundationBuilder UseConfigDirectory(this FoundationBuilder foundation, string directory)
    {
        foundation.AddConfiguration();
        foundation.Services.RemoveAll<IConfigSource>();
        foundation.Services.AddSingleton<IConfigSource>(new DirectoryConfigSource(directory));
        return foundation;
    }
}

/// <summary>What operators declare: kinds of documents, and the documents in force.</summary>
internal sealed class ConfigurationRoom : IRoom
{
    public RoomInfo Info { get; } = new("config") { Errors = ConfigErrors.All, Features = ["config"] };

    public void Map(IEndpointRouteBuilder routes) => ConfigurationEndpoints.Map(routes);

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;
}

/// <summary>Loads before anything is served, so that faults in documents stop the start instead of the first request.</summary>
internal sealed class ConfigurationLoader(ConfigRegistry registry) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        registry.EnsureLoaded();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
