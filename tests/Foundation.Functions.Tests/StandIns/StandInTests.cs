using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Xunit;

namespace Foundation.Functions.Tests.StandIns;

/// <summary>What values do, on the stand-ins as on the real types: both builds run these.</summary>
public sealed class StandInTests
{
#if STAND_INS
    [Fact]
    public void CreateBuilder_WithStandIns_SaysHowToBuildForReal()
    {
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => FunctionsApplication.CreateBuilder([]));

        Assert.Contains("-p:AzureStandIns=false", error.Message, StringComparison.Ordinal);
    }
#endif

    [Fact]
    public void ReceivedMessage_FromTheFactory_CarriesWhatItWasGiven()
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddDays(20_000);
        ServiceBusReceivedMessage message = ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: BinaryData.FromString("look"),
            messageId: "wake-1",
            properties: new Dictionary<string, object> { ["DeadLetterReason"] = "TTLExpiredException", ["lane"] = "tasks/scheduled" },
            deliveryCount: 3,
            lockedUntil: now.AddSeconds(60),
            enqueuedTime: now);

        Assert.Equal("look", message.Body.ToString());
        Assert.Equal("wake-1", message.MessageId);
        Assert.Equal(3, message.DeliveryCount);
        Assert.Equal("TTLExpiredException", message.DeadLetterReason);
        Assert.Null(message.DeadLetterErrorDescription);
        Assert.Equal("tasks/scheduled", message.ApplicationProperties["lane"]);
        Assert.Equal((now, now.AddSeconds(60)), (message.EnqueuedTime, message.LockedUntil));
    }

    [Fact]
    public void MessageBatch_FromTheFactory_RefusesWhatTheCallbackRefuses()
    {
        List<ServiceBusMessage> sent = [];
        using ServiceBusMessageBatch batch = ServiceBusModelFactory.ServiceBusMessageBatch(0, sent, null, _ => sent.Count < 2);

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => batch.TryAddMessage(new ServiceBusMessage(BinaryData.FromString("x")))));
        Assert.Equal(2, batch.Count);
    }

    [Fact]
    public void EntityInstanceId_LowersTheName_AndKeepsTheKey()
    {
        var id = new EntityInstanceId("CircuitBreaker", "Payments");

        Assert.Equal("@circuitbreaker@Payments", id.ToString());
    }

    [Fact]
    public void OrchestrationMetadata_CarriesItsStatus()
    {
        var metadata = new OrchestrationMetadata("run", "run-1") { RuntimeStatus = OrchestrationRuntimeStatus.Suspended };

        Assert.Equal(("run", "run-1", OrchestrationRuntimeStatus.Suspended), (metadata.Name, metadata.InstanceId, metadata.RuntimeStatus));
    }
}
