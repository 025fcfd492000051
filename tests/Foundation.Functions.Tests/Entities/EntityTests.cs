using Microsoft.Extensions.DependencyInjection;
using System.Text;
using System.Text.Json;
using Foundation.Conformance.Entities;
using Foundation.Functions.Entities;
using Foundation.Functions.Tests.Fakes;
using Foundation.Protocols;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Entities;
using Xunit;

namespace Foundation.Functions.Tests.Entities;

/// <summary>The port's semantics on Durable entities: round trip, doubled and reversed signals, failures, many sources at once.</summary>
public sealed class DurableEntitiesConformance : EntitiesConformance
{
    private Shell? _shell;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _shell!.DisposeAsync();
    }

    protected override async ValueTask<IEntities> CreateEntitiesAsync()
    {
        _shell = await Shell.StartAsync();
        return _shell.Get<IEntities>();
    }
}

public sealed class EntityTests
{
    private static readonly EntityId Id = new(Adder.Name, "a");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task State_IsStoredAsJson_AndTheNextOperationGoesOnWithIt()
    {
        await using var shell = await Shell.StartAsync();
        await SignalAsync(shell, 1, "5");
        var stored = JsonElement.Parse(Assert.Single(shell.Entities.States).Value);

        // An object, not a text that holds one: the portal shows it, and nothing is escaped twice.
        Assert.Equal(JsonValueKind.Object, stored.ValueKind);
        Assert.Equal(5, stored.GetProperty("state").GetInt32());
        await SignalAsync(shell, 2, "6");
        Assert.Equal("11", Encoding.UTF8.GetString((await shell.Get<IEntities>().ReadAsync(Id, Ct))!.Value.Span));
    }

    [Fact]
    public async Task ForeignOperationsAndInputs_AreDroppedAndTold()
    {
        await using var shell = await Shell.StartAsync();
        await SignalAsync(shell, 1, "5");
        var instance = new EntityInstanceId(Adder.Name, "a");

        await shell.Entities.SignalEntityAsync(instance, "delete", cancellation: Ct);
        await shell.Entities.SignalEntityAsync(instance, SignalMessage.Operation, cancellation: Ct);
        await shell.Entities.SignalEntityAsync(instance, SignalMessage.Operation, "text", cancellation: Ct);
        await shell.Entities.SignalEntityAsync(instance, SignalMessage.Operation, new { number = 2 }, cancellation: Ct);
        await shell.Entities.SignalEntityAsync(new EntityInstanceId("nobody", "a"), SignalMessage.Operation, new { source = "s", number = 1 }, cancellation: Ct);

        Assert.Equal("5", Encoding.UTF8.GetString((await shell.Get<IEntities>().ReadAsync(Id, Ct))!.Value.Span));
        Assert.Equal(5, shell.Logs.GetSnapshot().Count(log => log.Id.Id == 7121));
    }

    [Fact]
    public async Task OutOfReach_IsStoreUnavailable()
    {
        await using var shell = await Shell.StartAsync(held: false);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => SignalAsync(shell, 1, "5"));

        shell.Get<Functions.Orchestrations.DurableClients>().Hold(shell.Durable);
        shell.Durable.Failure = new InvalidOperationException("The host is gone");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => SignalAsync(shell, 1, "5"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => shell.Get<IEntities>().ReadAsync(Id, Ct).AsTask());
    }

    [Theory]
    [InlineData("reports", "reports")]
    [InlineData("Reports.v2-a_b", "Reports.v2-a_b")]
    [InlineData("a/b c", "a~2Fb~20c")]
    [InlineData("é", "~C3~A9")]
    public void Key_KeepsWhatStorageAllows(string key, string stored) =>
        Assert.Equal($"@registry@{stored}", EntityNames.ToInstance(new EntityId("registry", key)).ToString());

    [Fact]
    public void Key_TooLong_IsShortenedApart()
    {
        var (one, two) = (Name(new string('a', 199) + "1"), Name(new string('a', 199) + "2"));
        Assert.NotEqual(one, two);
        Assert.InRange(one.Length, 1, 100);

        static string Name(string key) => EntityNames.ToInstance(new EntityId("registry", key)).ToString();
    }

    [Fact]
    public async Task EveryKindOfTheProduct_HasItsFunction()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IStore>(new Protocols.Memory.MemoryStore());
        services.AddSingleton<IBlobs, Protocols.Memory.MemoryBlobs>();
        services.AddFoundation(HostProfile.Azure).AddAllRooms().UseInProcessWorkers();
        await using var provider = services.BuildServiceProvider();
        var kinds = provider.GetServices<IRoom>().SelectMany(r => r.Info.Entities).Select(e => e.Kind).ToList();

        var functions = typeof(EntityFunctions).GetMethods().SelectMany(m => m.GetCustomAttributes(typeof(FunctionAttribute), false))
            .Cast<FunctionAttribute>().Select(f => f.Name);
        var triggers = typeof(EntityFunctions).GetMethods().SelectMany(m => m.GetParameters())
            .SelectMany(p => p.GetCustomAttributes(typeof(EntityTriggerAttribute), false)).Cast<EntityTriggerAttribute>().Select(t => t.EntityName);

        Assert.Equal(kinds.Order(StringComparer.Ordinal), functions.Order(StringComparer.Ordinal));
        Assert.Equal(kinds.Order(StringComparer.Ordinal), triggers.Order(StringComparer.Ordinal));
    }

    private static Task SignalAsync(Shell shell, long number, string body) =>
        shell.Get<IEntities>().SignalAsync(Id, new Signal("s", number, Encoding.UTF8.GetBytes(body)), Ct).AsTask();
}
