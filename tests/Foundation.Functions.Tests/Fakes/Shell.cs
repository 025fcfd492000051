using Azure.Messaging.ServiceBus;
using Foundation.Azure;
using Foundation.Functions.Hosting;
using Foundation.Functions.Orchestrations;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Foundation.Functions.Tests.Fakes;

/// <summary>The app as it is composed, over a store in memory and fakes of Azure; triggers are called as the worker would.</summary>
internal sealed class Shell : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider _services;

    private Shell(ServiceProvider services) => _services = services;

    public SwitchStore Store { get; private init; } = null!;

    public FakeTimeProvider Time { get; private init; } = null!;

    public FakeServiceBus Bus { get; } = new();

    public FakeDurableClient Durable { get; private set; } = null!;

    public FakeEntityClient Entities { get; private set; } = null!;

    public FakeLogCollector Logs => Get<FakeLogCollector>();

    public ProbeRoom Room => Get<ProbeRoom>();

    /// <summary>A shell whose hosted parts have started, like the worker's before its first invocation.</summary>
    public static async Task<Shell> StartAsync(Action<IServiceCollection>? configure = null, bool held = true, int shards = 2, Action<FoundationBuilder>? rooms = null)
    {
        var time = new FakeTimeProvider(Start);
        var store = new SwitchStore(new MemoryStore(shards));
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddLogging(logging => logging.AddFakeLogging());
        var foundation = services.AddFoundation(HostProfile.Azure with { LoadsAtFirstUse = true }).AddRoom<ProbeRoom>();
        rooms?.Invoke(foundation);
        services.AddSingleton<IBlobs, MemoryBlobs>();
        services.AddSingleton(provider => new TableCatalog(() => provider.GetRequiredService<RoomDirectory>().Rooms.SelectMany(r => r.Info.Tables)));
        services.AddSingleton<WakeUpCodec>();
        services.AddFunctionsShell(_ => store);
        Shell? shell = null;
        services.AddSingleton<ServiceBusClient>(_ => shell!.Bus);
        configure?.Invoke(services);
        shell = new Shell(services.BuildServiceProvider()) { Store = store, Time = time };
        shell.Entities = new FakeEntityClient(operation => shell.Get<Functions.Entities.EntityOperations>().RunAsync(operation));
        shell.Durable = new FakeDurableClient(shell.Entities);
        await shell.Get<FoundationHost>().StartingAsync(default);
        if (held)
        {
            shell.Get<DurableClients>().Hold(shell.Durable);
        }

        return shell;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A function's class, made as the worker makes it.</summary>
    public T Functions<T>() => ActivatorUtilities.CreateInstance<T>(_services);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
